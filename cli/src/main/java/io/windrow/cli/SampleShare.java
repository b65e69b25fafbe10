package io.windrow.cli;

import io.windrow.api.schema.StreamName;
import io.windrow.core.ledger.LedgerEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Which share of each sampled stream was delivered, and how far the shares of a reported field's values lie apart. */
final class SampleShare {
    private static final String BEFORE = "sample_before:";
    private static final String AFTER = "sample_after:";

    private long offered;
    private long left;
    /** Rows before and after by bucket, by field. */
    private final Map<String, Map<String, long[]>> fields = new TreeMap<>();

    private SampleShare() {}

    /** One line per stream of which rows were left out. */
    static List<String> lines(List<LedgerEntry> entries) {
        Map<StreamName, SampleShare> streams = new TreeMap<>();
        entries.forEach(entry -> streams.computeIfAbsent(entry.stream(), stream -> new SampleShare()).add(entry));
        List<String> lines = new ArrayList<>();
        streams.forEach((stream, share) -> {
            if (share.left > 0) {
                lines.add(stream + ": " + share.text());
            }
        });
        return lines;
    }

    private void add(LedgerEntry entry) {
        left += entry.account().sampledOut();
        offered += entry.account().sampledOut() + entry.account().written();
        entry.measures().forEach((name, measure) -> {
            boolean before = name.startsWith(BEFORE);
            if (before || name.startsWith(AFTER)) {
                String field = name.substring(name.indexOf(':') + 1, name.lastIndexOf(':'));
                fields.computeIfAbsent(field, one -> new TreeMap<>())
                                .computeIfAbsent(name.substring(name.lastIndexOf(':') + 1), bucket -> new long[2])[before ? 0 : 1] +=
                        measure.count();
            }
        });
    }

    private String text() {
        StringBuilder text = new StringBuilder("a sample of " + RunReport.share(offered - left, offered) + " of " + Screen.rows(offered));
        fields.forEach((field, buckets) -> {
            double least = Double.MAX_VALUE;
            double most = 0;
            for (long[] counts : buckets.values()) {
                double share = counts[0] == 0 ? 0 : (double) counts[1] / counts[0];
                least = Math.min(least, share);
                most = Math.max(most, share);
            }
            text.append(String.format(
                    Locale.ROOT, "; by %s between %.2f%% and %.2f%% (%d buckets of values)", field, 100 * least, 100 * most,
                    buckets.size()));
        });
        return text.toString();
    }
}
