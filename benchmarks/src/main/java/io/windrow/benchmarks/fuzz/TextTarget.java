package io.windrow.benchmarks.fuzz;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Guarantee;
import io.windrow.connectors.files.layout.Manifest;
import io.windrow.connectors.files.layout.Replaced;
import io.windrow.connectors.files.layout.StagedFile;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.SplitRange;
import io.windrow.core.ledger.Written;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A text format.
 *
 * @param name as it is spelled on the command line
 * @param samples valid texts
 * @param reader reads one, and throws an {@link AssertionError} if what it read contradicts itself
 */
public record TextTarget(String name, List<String> samples, Reader reader) implements Target {
    private static final StreamName ORDERS = new StreamName("public", "orders");

    /** Pipeline files. */
    public static TextTarget pipeline(Path folder) {
        PipelineFiles files = PipelineFiles.of(Registry.load()).with(List.of());
        return new TextTarget("pipeline", List.of("""
                pipeline: orders
                owner: {team: billing, email: billing@example.com}
                source:
                  postgres:
                    url: postgres://me@localhost:5432/shop
                    split_size: 64MiB
                    streams:
                      - {table: public.orders, mode: incremental, cursor: updated_at, guarantee: settle, lag: 5m}
                      - {table: "public.*", exclude: [public.audit], out_of_range: text, consistency: per_range}
                      - query: SELECT 1 AS one
                        name: ones
                sink:
                  files: {path: ./out, format: csv, csv_delimiter: ';', max_open_files: 8, grace: 1h,
                          partitions: [{stream: public.orders, by: [country, day(created_at)]}]}
                write: {public.orders: append}
                run: {epoch_rows: 700, memory: 100MiB}
                """, "pipeline: p\nsource: {postgres: {url: 'postgres://h/d'}}\nsink: {files: {path: out}}\n"), text -> {
            if (files.parse(text, "fuzz.yaml", folder).pipeline().isEmpty()) {
                throw new AssertionError("a pipeline without a name");
            }
        });
    }

    /** Ledger entries. */
    public static TextTarget ledger() {
        LedgerEntry entry = new LedgerEntry(
                "p", ORDERS, 1, 7, WriteMode.APPEND, new Account(12, 0, 0, 10, 1, 1, 0, 0, 0, 0, 0),
                Optional.of(new RowHash(1, 2)), "0123456789abcdef", new RowHash(3, 4),
                new Written(10, Optional.of(new RowHash(3, 4)), "read back whole"),
                List.of(new SplitRange("s1", Optional.of(new Position(1, "{\"at\":1}")), Optional.empty(),
                        Optional.of(new EndProof("command_complete", 12, "COPY 12")))),
                3, new Guarantee("snapshot", "Every row as of one moment.", List.of("a"), List.of("deletes")), false,
                List.of("f.parquet"), 1000, Instant.EPOCH, Instant.parse("2026-11-23T10:00:01.5Z"), Map.of("amount:nan", 2L));
        return new TextTarget("ledger", List.of(entry.toJson(), entry.forTarget().toJson()), text -> {
            LedgerEntry read = LedgerEntry.parse(text);
            if (!LedgerEntry.parse(read.toJson()).equals(read)) {
                throw new AssertionError("an entry is not what it was when it is written and read again");
            }
        });
    }

    /** Commit manifests. */
    public static TextTarget manifest() {
        Manifest manifest = new Manifest(
                new CommitIdentity("p", ORDERS, 2, 9, "d9"), 3, WriteMode.REPLACE, 1, Optional.of(1L), true, Instant.EPOCH,
                List.of(new Replaced.Commit(1, 4)),
                List.of(new StagedFile("s/a", "public.orders/a.parquet", 10, 1000, 77, "s1"),
                        new StagedFile("s/b", "public.orders/b.parquet", 5, 900, 78, "")));
        return new TextTarget("manifest", List.of(manifest.toJson()), text -> {
            Manifest read = Manifest.parse("a manifest", text);
            long rows = read.files().stream().mapToLong(StagedFile::rows).sum();
            if (rows < 0 || read.files().stream().anyMatch(file -> file.rows() < 0 || file.bytes() < 0)) {
                throw new AssertionError("a manifest with " + rows + " rows");
            }
            if (!Manifest.parse("a manifest", read.toJson()).equals(read)) {
                throw new AssertionError("a manifest is not what it was when it is written and read again");
            }
        });
    }

    @Override
    public boolean feed(Random random) {
        reader.read(new Breakage(random).of(samples.get(random.nextInt(samples.size()))));
        return true;
    }

    @Override
    public void close() {
        // Holds nothing.
    }

    /** Reads a text. */
    @FunctionalInterface
    public interface Reader {
        /** Refuses with a coded error. */
        void read(String text);
    }
}
