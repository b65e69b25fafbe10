package io.windrow.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's engine in a process with a class path of its own, which stays for all rounds and so is as warm as this one.
 * {@code benchmarks/peers/install} fetches its jars; without, nothing is measured.
 */
final class DebeziumPeer implements AutoCloseable {
    /** Of the settings that were tried, those it was fastest with. */
    private static final List<String> SETTINGS = List.of("max.batch.size=8192", "max.queue.size=32768", "poll.interval.ms=5");

    private final @Nullable Process process;

    private DebeziumPeer(@Nullable Process process) {
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param line the peer's name: which line of Debezium
     * @param settings of its connector, each as name=value
     */
    static DebeziumPeer start(String line, List<String> settings) throws IOException {
        Path benchmarks = Path.of(System.getProperty("windrow.root"), "benchmarks");
        Path jars = benchmarks.resolve("target/peers/" + line + "/jars");
        if (!Files.isDirectory(jars)) {
            System.err.println(line + ": not installed; benchmarks/peers/install " + line + " does it");
            return new DebeziumPeer(null);
        }
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx4g", "-cp", jars + "/*",
                benchmarks.resolve("peers/debezium/DebeziumDrain.java").toString());
        builder.command().addAll(SETTINGS);
        builder.command().addAll(settings);
        return new DebeziumPeer(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    boolean installed() {
        return process != null;
    }

    /** Reads that many changes, with one more setting than it was started with. */
    Cost drain(long events, String setting) throws IOException {
        Process running = process;
        if (running == null) {
            throw new IOException("Debezium is not installed");
        }
        Writer to = running.outputWriter(StandardCharsets.UTF_8);
        to.write(events + " " + setting + "\n");
        to.flush();
        BufferedReader from = running.inputReader(StandardCharsets.UTF_8);
        String answer = from.readLine();
        if (answer == null || !answer.matches("[0-9.E-]+ [0-9.E-]+")) {
            throw new IOException("Debezium answers " + answer);
        }
        String[] figures = answer.split(" ");
        return new Cost(Double.parseDouble(figures[0]), Double.parseDouble(figures[1]));
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
