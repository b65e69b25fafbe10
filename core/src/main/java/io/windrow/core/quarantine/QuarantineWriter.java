package io.windrow.core.quarantine;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Rejected;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriterId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes bad rows to a file of its own and hands good ones on. Rows are written as they come, without the epoch, which is
 * known only at the cut; staging copies them with it, makes the copy durable and reads it back.
 */
final class QuarantineWriter implements SinkWriter {
    private final SinkWriter real;
    private final Context context;
    private final QuarantineFolder folder;
    private final QuarantineTally tally;
    private final byte[] digestKey;
    private final StreamSchema schema;
    private final WriterId id;
    private final String spill;
    private @Nullable QuarantineOutput lines;
    private long rows;
    private long written;
    private Optional<String> unfinished = Optional.empty();
    private boolean poisoned;

    QuarantineWriter(
            SinkWriter real, Context context, QuarantineFolder folder, QuarantineTally tally, byte[] digestKey,
            StreamSchema schema, WriterId id) {
        this.real = real;
        this.context = context;
        this.folder = folder;
        this.tally = tally;
        this.digestKey = digestKey;
        this.schema = schema;
        this.id = id;
        this.spill = folder.staging(schema.stream()) + "/t" + id.fencingToken() + "-w" + id.writer() + folder.spillSuffix();
    }

    @Override
    public void write(Batch batch) {
        if (batch.rejected().isEmpty()) {
            real.write(batch);
            return;
        }
        begin("writing rows");
        for (Rejected aside : batch.rejected()) {
            setAside(batch, aside);
        }
        if (batch.rowCount() > 0) {
            real.write(batch);
        }
        poisoned = false;
    }

    private void setAside(Batch batch, Rejected aside) {
        int count = aside.reasons().size();
        if (count == 0) {
            return;
        }
        tally.add(schema.stream(), count);
        RowLines text = new RowLines(
                schema.stream(), id.generation(), batch, aside, context.clock().instant(), digestKey,
                RowLines.Detail.of(folder));
        QuarantineFolder.run("Writing", folder.path(spill), () -> {
            QuarantineOutput out = open();
            for (int row = 0; row < count; row++) {
                byte[] line = text.line(row);
                out.write(line);
                written += line.length;
            }
            return spill;
        });
        rows += count;
    }

    private QuarantineOutput open() throws IOException {
        QuarantineOutput out = lines;
        if (out == null) {
            folder.make(folder.staging(schema.stream()));
            out = folder.create(spill, schema.stream());
            lines = out;
        }
        return out;
    }

    @Override
    public long bytes() {
        return real.bytes() + written;
    }

    @Override
    public List<Staged> prepareCommit(long epoch) {
        if (rows == 0) {
            return real.prepareCommit(epoch);
        }
        begin("preparing epoch " + epoch);
        // Bad rows first: if the real sink then fails, only our own file has to be taken back.
        Staged aside = stage(epoch);
        List<Staged> staged = new ArrayList<>(real.prepareCommit(epoch));
        staged.add(aside);
        tally.staged(aside.text());
        unfinished = Optional.empty();
        poisoned = false;
        return staged;
    }

    @Override
    public List<Staged> prepareEmpty(long epoch) {
        return real.prepareEmpty(epoch);
    }

    private Staged stage(long epoch) {
        String name = new QuarantineFolder.Name(id.generation(), epoch, id.fencingToken(), id.writer()).text();
        String staging = folder.staging(schema.stream());
        String path = staging + "/" + name + folder.stagedSuffix();
        unfinished = Optional.of(path);
        String sha256 = QuarantineFolder.run("Writing", folder.path(path), () -> copy(path, epoch));
        context.failpoints().reach("quarantine.before_read_back");
        QuarantineFolder.Content content = folder.content(path)
                .orElseThrow(() -> WindrowException.of(
                        QuarantineError.READ_BACK_DIFFERS, "Reading back " + folder.path(path) + ": it is gone"));
        long counted = folder.lines(path);
        if (counted != rows || !content.sha256().equals(sha256)) {
            throw WindrowException.of(QuarantineError.READ_BACK_DIFFERS, "Reading back " + folder.path(path) + ": it has "
                    + counted + " rows, expected " + rows
                    + (content.sha256().equals(sha256) ? "" : ", and other bytes than were written"));
        }
        folder.delete(spill);
        folder.sync(staging);
        context.failpoints().reach("quarantine.after_stage");
        QuarantineFile file = new QuarantineFile(
                path, folder.of(schema.stream()) + "/" + name + folder.suffix(), counted, content.bytes(),
                sha256);
        rows = 0;
        written = 0;
        return new Staged(
                schema.stream(), QuarantineFile.VERSION, file.toJson(), schema.version(), file.rows(), file.bytes(),
                "quarantined rows: lines counted, checksum of all bytes", Staged.Part.QUARANTINE);
    }

    /** Every line begins with a comma where its epoch belongs. */
    private String copy(String to, long epoch) throws IOException {
        QuarantineOutput spilled = lines;
        if (spilled != null) {
            spilled.finish();
            spilled.close();
            lines = null;
        }
        byte[] head = ("{\"epoch\":" + epoch).getBytes(StandardCharsets.US_ASCII);
        try (InputStream in = folder.open(spill);
                QuarantineOutput out = folder.create(to, schema.stream())) {
            boolean begins = true;
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (begins) {
                    out.write(head);
                }
                out.write(b);
                begins = b == '\n';
            }
            String sha256 = out.finish();
            out.sync();
            return sha256;
        }
    }

    /** After any exception the writer takes nothing more. */
    private void begin(String doing) {
        if (poisoned) {
            throw WindrowException.of(
                    QuarantineError.WRITER_POISONED,
                    "Writing " + schema.stream() + ": the writer failed before " + doing);
        }
        poisoned = true;
    }

    @Override
    public void close() {
        poisoned = true;
        try {
            QuarantineOutput open = lines;
            lines = null;
            if (open != null) {
                QuarantineFolder.run("Closing", folder.path(spill), () -> {
                    open.close();
                    return spill;
                });
            }
            if (open != null || rows > 0) {
                folder.delete(spill);
            }
            unfinished.ifPresent(folder::delete);
        } finally {
            real.close();
        }
    }
}
