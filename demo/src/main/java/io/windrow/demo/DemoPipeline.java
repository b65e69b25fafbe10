package io.windrow.demo;

import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The demo's pipeline files, with comments for whoever edits them next. */
public final class DemoPipeline {
    /** The pipeline's name. */
    public static final String NAME = "demo";

    private DemoPipeline() {}

    /**
     * Writes {@code demo.yaml} into the folder, which is made if need be; an older one is replaced. The files of the
     * delivery go to {@code out} beside it.
     *
     * @param url the database as {@code postgresql://…}; without secrets, since it is written down
     * @return the file
     */
    public static Path write(Path folder, String url) {
        return write(folder, "demo.yaml", text(url));
    }

    /** As {@link #write}, {@code changes.yaml}, which follows the changes of one table into a file {@code mirror.db} beside it. */
    public static Path writeChanges(Path folder, String url) {
        return write(folder, "changes.yaml", changesText(url, folder.resolve("mirror.db")));
    }

    private static Path write(Path folder, String name, String text) {
        Path file = folder.resolve(name);
        try {
            Files.createDirectories(folder);
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw WindrowException.of(DemoError.FILE_FAILED, "Writing the pipeline file " + file + ": " + e, e);
        }
    }

    /** The text of the file. */
    public static String text(String url) {
        StringBuilder streams = new StringBuilder();
        for (String table : TpchData.tables()) {
            if (!table.equals("orders")) {
                streams.append("      - {table: public.").append(table).append(", mode: snapshot}\n");
            }
        }
        return """
                # The pipeline of `windrow demo`. Change what you like, then try
                #   windrow plan demo.yaml      what would happen, and what is guaranteed
                #   windrow run demo.yaml       go on where the last run ended
                #   windrow verify demo.yaml    compare source and target, row by row
                # The demo's database ends with the demo: put the URL of yours here.
                pipeline: %s
                owner: {team: demo, email: demo@example.com}
                source:
                  postgres:
                    url: %s
                    streams:
                      # updated_at is set by a default and a trigger, so rows that commit late are not lost.
                      - {table: public.orders, mode: incremental, cursor: updated_at}
                %s# Rows that break the contract go, masked, into the folder quarantine (windrow quarantine list demo.yaml).
                contract:
                  streams:
                    public.customer:
                      fields:
                        - {field: c_mktsegment, in: [AUTOMOBILE, BUILDING, FURNITURE, HOUSEHOLD, MACHINERY]}
                        - {field: c_acctbal, min: -999.99, max: 9999.99}
                        - {field: c_phone, pattern: '\\d{2}-\\d{3}-\\d{3}-\\d{4}'}
                # Names become tokens that still join; of phone numbers the last digits stay. Use a secret key of yours.
                mask:
                  - {field: c_name, with: token, key: 'only for the demo: no secret'}
                  - {field: c_phone, with: partial, keep_end: 4}
                sink:
                  files:
                    path: ./out
                    format: parquet
                """.formatted(NAME, quoted(url), streams);
    }

    /** The text of the file that follows changes. */
    public static String changesText(String url, Path mirror) {
        return """
                # The change stream of `windrow demo`: orders is copied once; then every change is read from the database's log
                # and lands in a SQLite table that is what orders is. With --follow `windrow run` goes on until it is stopped.
                pipeline: %s-changes
                owner: {team: demo, email: demo@example.com}
                source:
                  postgres:
                    url: %s
                    streams: [{table: public.orders, mode: cdc}]
                sink:
                  jdbc: {url: %s}
                write: {public.orders: mirror}
                """.formatted(NAME, quoted(url), quoted("jdbc:sqlite:" + mirror));
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
