package io.windrow.core.quarantine;

import io.windrow.api.context.Sealing;
import io.windrow.api.schema.StreamName;
import io.windrow.core.quarantine.DiscardRecords.Cut;
import io.windrow.core.quarantine.DiscardRecords.End;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What a pipeline has set aside, for looking at it and for throwing it away. Reads row by row. Used by one thread.
 * {@link #discard} is called by the owner of the pipeline's lease, while no epoch of it is undecided.
 */
public final class Quarantine {
    private final QuarantineFolder folder;

    /**
     * No I/O.
     *
     * @param sealing decrypts encrypted files, and encrypts what {@link #discard} leaves of one; empty: such are refused
     */
    public Quarantine(Path root, String pipeline, Optional<Sealing> sealing) {
        this.folder = new QuarantineFolder(root, pipeline, sealing);
    }

    /** The same rows under other keys: those of who holds a lease, who alone can encrypt. */
    public Quarantine with(Optional<Sealing> sealing) {
        return new Quarantine(folder.root(), folder.pipeline(), sealing);
    }

    /**
     * Which rows.
     *
     * @param stream of this stream, by {@code namespace.name} or by its name alone
     * @param epoch of this epoch
     * @param code set aside for this reason
     * @param more a further condition
     */
    public record Filter(
            Optional<String> stream, OptionalLong epoch, Optional<String> code, Predicate<QuarantinedRow> more) {
        /** Every row. */
        public static final Filter ALL = new Filter(Optional.empty(), OptionalLong.empty(), Optional.empty());

        /** Rows by what their line says of itself. */
        public Filter(Optional<String> stream, OptionalLong epoch, Optional<String> code) {
            this(stream, epoch, code, row -> true);
        }

        /** Those of the rows that meet a condition too. */
        public Filter and(Predicate<QuarantinedRow> condition) {
            return new Filter(stream, epoch, code, more.and(condition));
        }

        boolean fits(QuarantinedRow row) {
            return stream.map(name -> name.equals(row.stream().toString()) || name.equals(row.stream().name())).orElse(true)
                    && (epoch.isEmpty() || epoch.getAsLong() == row.epoch())
                    && code.map(row.code()::equals).orElse(true)
                    && more.test(row);
        }
    }

    /** The folder of a pipeline's rows. No I/O. */
    public static Path place(Path root, String pipeline) {
        return new QuarantineFolder(root, pipeline, Optional.empty()).path(pipeline);
    }

    /** How much of a row its files keep. */
    RowLines.Detail detail() {
        return RowLines.Detail.of(folder);
    }

    /** The reasons, by stream, code and field. */
    public List<QuarantinedGroup> groups(Filter filter) {
        Map<String, QuarantinedGroup> groups = new TreeMap<>();
        rows(filter, row -> {
            groups.merge(row.stream() + "\n" + row.code() + "\n" + row.field(), QuarantinedGroup.of(row), QuarantinedGroup::plus);
            return true;
        });
        return List.copyOf(groups.values());
    }

    /** Gives the rows one by one, oldest epoch of each stream first, until the taker says false. */
    public void rows(Filter filter, Predicate<QuarantinedRow> taker) {
        for (String file : files()) {
            if (!rows(file, row -> !filter.fits(row) || taker.test(row))) {
                return;
            }
        }
    }

    private List<String> files() {
        List<String> files = new ArrayList<>();
        for (String stream : folder.names(folder.pipeline())) {
            String at = folder.pipeline() + "/" + stream;
            for (String name : folder.names(at)) {
                if (QuarantineFolder.isVisible(name)) {
                    files.add(at + "/" + name);
                }
            }
        }
        return files;
    }

    private boolean rows(String file, Predicate<QuarantinedRow> taker) {
        Path path = folder.path(file);
        return QuarantineFolder.read(path, () -> {
            try (BufferedReader lines = lines(file)) {
                long number = 0;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    number++;
                    if (!taker.test(QuarantinedRow.parse(line, path + ", line " + number))) {
                        return false;
                    }
                }
            }
            return true;
        });
    }

    /**
     * Deletes the rows, after a record of what they were has been written beside the pipeline's folder. A discard that
     * dies is repeated: the record then stands twice.
     *
     * @param who for the record
     * @param now for the record
     * @return how many rows were deleted
     */
    public long discard(Filter filter, String who, Instant now) {
        return take(filter, who, now, End.THROWN_AWAY);
    }

    /** Takes rows out that were delivered after all; else as {@link #discard}. */
    public long release(Filter filter, String who, Instant now) {
        return take(filter, who, now, End.DELIVERED);
    }

    /** Whether rows that some generations of a stream set aside were thrown away and so are neither here nor delivered. */
    public boolean threwAway(StreamName stream, Set<Long> generations) {
        return new DiscardRecords(folder).threwAway(stream, generations);
    }

    private long take(Filter filter, String who, Instant now, End end) {
        List<Cut> cuts = new ArrayList<>();
        for (String file : files()) {
            long[] counts = new long[2];
            rows(file, row -> {
                counts[filter.fits(row) ? 0 : 1]++;
                return true;
            });
            if (counts[0] > 0) {
                String sha256 = folder.content(file).map(QuarantineFolder.Content::sha256).orElse("");
                cuts.add(new Cut(file, counts[0], counts[1], sha256));
            }
        }
        if (cuts.isEmpty()) {
            return 0;
        }
        new DiscardRecords(folder).add(who, now, end, groups(filter), cuts);
        for (Cut cut : cuts) {
            if (cut.left() == 0) {
                folder.delete(cut.file());
            } else {
                rewrite(cut.file(), filter);
            }
        }
        cuts.stream().map(cut -> cut.file().substring(0, cut.file().lastIndexOf('/'))).distinct().forEach(folder::sync);
        return cuts.stream().mapToLong(Cut::gone).sum();
    }

    private BufferedReader lines(String file) throws IOException {
        return new BufferedReader(new InputStreamReader(folder.open(file), StandardCharsets.UTF_8.newDecoder()));
    }

    private QuarantinedRow first(String file) throws IOException {
        try (BufferedReader lines = lines(file)) {
            return QuarantinedRow.parse(String.valueOf(lines.readLine()), file);
        }
    }

    private void rewrite(String file, Filter filter) {
        Path target = folder.path(file + QuarantineFolder.REWRITTEN);
        QuarantineFolder.run("Writing", target, () -> {
            StreamName stream = first(file).stream();
            try (QuarantineOutput out = folder.create(file + QuarantineFolder.REWRITTEN, stream);
                    BufferedReader lines = lines(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!filter.fits(QuarantinedRow.parse(line, file))) {
                        out.write((line + '\n').getBytes(StandardCharsets.UTF_8));
                    }
                }
                out.finish();
                out.sync();
            }
            return target;
        });
        folder.rename(file + QuarantineFolder.REWRITTEN, file);
    }
}
