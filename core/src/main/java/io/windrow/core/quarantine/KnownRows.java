package io.windrow.core.quarantine;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Rejected;
import io.windrow.api.schema.StreamName;
import io.windrow.core.transform.Rows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The rows of a stream that stand in quarantine, so that those which are read again are not set aside twice. A row is the
 * same if it breaks the same rule and its line shows the same; of withheld values only the lengths can be compared. Its size
 * grows with the quarantine of one stream, which {@code quarantine.limit} bounds. For one thread.
 */
public final class KnownRows {
    /** Digests are of one process only. */
    private static final Pattern DIGEST = Pattern.compile("\"digest\":\"[0-9a-f]{32}\"");

    private final RowLines.Detail detail;
    private final Map<String, Integer> left = new HashMap<>();

    private KnownRows(RowLines.Detail detail) {
        this.detail = detail;
    }

    /** Reads them. */
    public static KnownRows of(Quarantine quarantine, StreamName stream) {
        KnownRows known = new KnownRows(quarantine.detail());
        quarantine.rows(Quarantine.Filter.ALL, row -> {
            if (row.stream().equals(stream)) {
                known.left.merge(identity(row), 1, Integer::sum);
            }
            return true;
        });
        return known;
    }

    private static String identity(QuarantinedRow row) {
        String text = row.code() + "\n" + row.field() + "\n" + DIGEST.matcher(row.row()).replaceAll("");
        return HexFormat.of().formatHex(
                QuarantineFolder.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Gives the rows that a batch sets aside and that do not stand in quarantine yet, each known row hiding one.
     *
     * @param batch stays the caller's
     * @param taker takes a batch without good rows, which is valid during the call; not called if there is nothing to take
     * @return how many rows they are
     */
    public long others(Batch batch, Consumer<Batch> taker) {
        List<Rejected> others = new ArrayList<>();
        try {
            long count = 0;
            for (Rejected aside : batch.rejected()) {
                int[] rows = unknown(batch, aside);
                if (rows.length > 0) {
                    List<Rejected.Reason> reasons = Arrays.stream(rows).mapToObj(aside.reasons()::get).toList();
                    others.add(new Rejected(
                            aside.schema(), Rows.pick(aside.rows(), rows, rows.length), reasons, aside.masked(),
                            List.of(), aside.place()));
                    count += rows.length;
                }
            }
            if (count > 0) {
                try (Batch only = new Batch(
                                batch.schema(), Rows.pick(batch.arrow(), new int[0], 0), batch.position(), Account.ZERO)
                        .release()
                        .withRejected(List.copyOf(others))
                        .batch()) {
                    others.clear();
                    taker.accept(only);
                }
            }
            return count;
        } finally {
            others.forEach(Rejected::close);
        }
    }

    private int[] unknown(Batch batch, Rejected aside) {
        RowLines lines = new RowLines(batch.stream(), 0, batch, aside, Instant.EPOCH, new byte[32], detail);
        int[] rows = new int[aside.reasons().size()];
        int count = 0;
        for (int row = 0; row < rows.length; row++) {
            Integer known = left.computeIfPresent(identity(line(lines, row)), (identity, times) -> times - 1);
            if (known == null || known < 0) {
                rows[count++] = row;
            }
        }
        return Arrays.copyOf(rows, count);
    }

    private static QuarantinedRow line(RowLines lines, int row) {
        try {
            return QuarantinedRow.parse(
                    "{\"epoch\":0" + new String(lines.line(row), StandardCharsets.UTF_8).stripTrailing(), "memory");
        } catch (IOException e) {
            throw new UncheckedIOException("Writing JSON to memory", e);
        }
    }
}
