package io.windrow.core.compact;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.source.PlannerState;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.plan.PlannedStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** The stream that holds the rows which a change log makes: its name, and what the state store keeps of it. */
public final class CurrentRows {
    private static final int VERSION = 1;
    private static final String FOLDED = "{\"folded\":";
    private static final JsonFactory JSON = new JsonFactory();

    private CurrentRows() {}

    /** The name beside the log's. */
    public static StreamName of(StreamName log) {
        return PlannedStream.folded(log);
    }

    /** What is saved of a folding: up to which commit the log is in it. The same log, folded so far, gives the same text. */
    public static PlannerState upTo(StreamName log, Commit last) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("folded", log.toString());
            out.writeNumberField("generation", last.identity().generation());
            out.writeNumberField("epoch", last.identity().epoch());
            out.writeStringField("digest", last.identity().digest());
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new PlannerState(VERSION, text.toString());
    }

    /** Whether the stream holds folded rows, and is none that the source has. */
    public static boolean holds(StreamState state) {
        return state.committed().or(state::pending).map(StreamEpoch::planner).filter(CurrentRows::isFolded).isPresent();
    }

    private static boolean isFolded(PlannerState planner) {
        return planner.text().startsWith(FOLDED);
    }

    /** Refuses a name that another stream of the pipeline has. */
    public static void expectFree(StreamState state) {
        if (state.committed().or(state::pending).isPresent() && !holds(state)) {
            throw WindrowException.of(
                    CompactError.NAME_TAKEN, "Folding changes into " + state.stream() + ": the pipeline reads a stream of that name");
        }
    }
}
