package io.windrow.demo;

import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The demo's pipeline file, with comments for whoever edits it next. */
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
        Path file = folder.resolve("demo.yaml");
        try {
            Files.createDirectories(folder);
            return Files.writeString(file, text(url));
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

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
