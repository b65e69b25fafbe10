package io.windrow.core.plan;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.SplitReader;
import io.windrow.api.transform.BoundTransform;
import java.util.List;

/**
 * A reader whose batches have gone through a pipeline's steps. Closes both.
 *
 * @param reader what the source opened
 * @param steps bound to the schema of its batches
 */
public record SteppedReader(SplitReader reader, List<BoundTransform> steps) implements SplitReader {
    @Override
    public ReadResult read(long deadlineNanos) {
        return switch (reader.read(deadlineNanos)) {
            case ReadResult.Data data -> new ReadResult.Data(through(data.batch()));
            case ReadResult.Idle idle -> idle;
            case ReadResult.End end -> end;
        };
    }

    private Batch through(Batch read) {
        Batch batch = read;
        boolean done = false;
        try {
            for (BoundTransform step : steps) {
                batch = step.apply(batch);
            }
            done = true;
            return batch;
        } finally {
            if (!done) {
                batch.close();
            }
        }
    }

    @Override
    public void acknowledge(Position position) {
        reader.acknowledge(position);
    }

    @Override
    public void keepAlive() {
        reader.keepAlive();
    }

    @Override
    public void wakeUp() {
        reader.wakeUp();
    }

    @Override
    public void close() {
        try {
            steps.forEach(BoundTransform::close);
        } finally {
            reader.close();
        }
    }
}
