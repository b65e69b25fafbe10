package io.windrow.benchmarks;

import io.windrow.api.schema.StreamName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The rivals on the same table. Those in this process are compared with the pipeline in this process, warm, over one
 * connection; peers, each a process of its own, with {@code ./windrow run} in a process of its own, its start included.
 * A figure is the rival's time over Windrow's: above 1 Windrow is ahead.
 */
final class Versus {
    private static final List<String> PEERS = List.of("sling", "dlt", "ingestr", "faucet");
    private static final String RATIOS =
            "\"%s\": {\"wall\": %.2f, \"cpu\": %.2f, \"wall_seconds\": %.2f, \"cpu_seconds\": %.2f}";

    private final Lineitem lineitem;
    private final Path work;
    private final Path root = Path.of(System.getProperty("windrow.root"));
    private final List<String> entries = new ArrayList<>();

    Versus(Lineitem lineitem, Path work) {
        this.lineitem = lineitem;
        this.work = work;
    }

    /**
     * Measures all rivals, those in this process twice, of which the second time counts.
     *
     * @param wall seconds of the warm pipeline in this process
     * @param cpu its processor seconds
     * @return a JSON object by rival
     */
    String measure(double wall, double cpu) throws Exception {
        inProcess("row_objects", wall, cpu, file -> {
            try (Connection connection = lineitem.server().connect("postgres")) {
                RowObjectRival.copy(connection, "lineitem", file);
            }
        });
        inProcess("duckdb_writer", wall, cpu, file -> DuckDbRival.copy(
                lineitem.server().url("postgres"), new StreamName("public", "lineitem"), file));
        return measurePeers();
    }

    /** Measures the peers that are installed, one after the other. Returns a JSON object by rival, with those measured before. */
    String measurePeers() throws Exception {
        peers();
        return "{" + String.join(", ", entries) + "}";
    }

    private interface Copy {
        void to(Path file) throws Exception;
    }

    private void inProcess(String name, double wall, double cpu, Copy copy) throws Exception {
        Measured measured = null;
        for (int i = 0; i < 2; i++) {
            Path file = work.resolve(name + i + ".parquet");
            measured = Measured.of(lineitem.postmaster(), () -> copy.to(file));
            Files.delete(file);
        }
        add(name, measured.wallSeconds(), measured.clientCpuSeconds(), wall, cpu);
    }

    private void peers() throws Exception {
        ChildProcess ours = null;
        for (String name : PEERS) {
            Path installed = root.resolve("benchmarks/target/peers").resolve(name);
            Path reason = installed.resolve("reason");
            if (!Files.isDirectory(installed) || Files.exists(reason)) {
                String why = Files.exists(reason) ? Files.readString(reason).strip() : "run benchmarks/peers/install";
                entries.add("\"" + name + "\": {\"not_installed\": " + quoted(why) + "}");
                continue;
            }
            if (ours == null) {
                ours = windrow();
                add("windrow_process", ours.wallSeconds(), ours.cpuSeconds(), ours.wallSeconds(), ours.cpuSeconds());
            }
            Path folder = Files.createDirectories(work.resolve("peer-" + name));
            ChildProcess peer = ChildProcess.run(folder, Map.of(), List.of(
                    root.resolve("benchmarks/peers/run").toString(), name, installed.toString(),
                    Integer.toString(lineitem.server().port()), folder.toString()));
            if (peer.exit() == 0) {
                add(name, peer.wallSeconds(), peer.cpuSeconds(), ours.wallSeconds(), ours.cpuSeconds());
            } else {
                System.err.println(name + " failed:\n" + peer.tail());
                entries.add("\"" + name + "\": {\"failed\": " + quoted(peer.tail()) + "}");
            }
        }
    }

    /** The second of two runs: the first may build. */
    private ChildProcess windrow() throws IOException, InterruptedException {
        ChildProcess last = null;
        for (int i = 0; i < 2; i++) {
            Path folder = Files.createDirectories(work.resolve("peer-windrow" + i));
            last = ChildProcess.run(folder, Map.of(), List.of(
                            root.resolve("windrow").toString(), "run", "--from", lineitem.server().url("postgres"), "--stream",
                            "public.lineitem", "--to", folder.resolve("out").toString(), "--json"))
                    .succeeded("windrow run");
        }
        return last;
    }

    private void add(String name, double wall, double cpu, double ourWall, double ourCpu) {
        String entry = String.format(Locale.ROOT, RATIOS, name, wall / ourWall, cpu / ourCpu, wall, cpu);
        System.err.println(entry);
        entries.add(entry);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "") + '"';
    }
}
