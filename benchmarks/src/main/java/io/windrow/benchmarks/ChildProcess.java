package io.windrow.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A command in a process of its own, measured from outside.
 *
 * @param exit its exit code
 * @param wallSeconds from its start to its end, the start of the program included
 * @param cpuSeconds user and system time of it and of all children it waited for
 * @param peakRssMb the largest resident set ({@code VmHWM}) of any one process among it and its descendants, in MB of
 *     1024 × 1024 bytes, read every 10 ms; the mark only ever rises, so that only its last 10 ms can be missed
 * @param output what it wrote to its standard output and error
 */
record ChildProcess(int exit, double wallSeconds, double cpuSeconds, long peakRssMb, String output) {
    private static final int POLL_MILLIS = 10;
    /** Runs the words behind it, then writes the shell's account of its children's processor time to a file. */
    private static final String TIMED = "out=$1; shift; \"$@\" <&0; code=$?; times >\"$out\"; exit $code";

    /** Runs a command to its end. */
    static ChildProcess run(Path folder, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("windrow-bench-", ".out");
        Path times = Files.createTempFile("windrow-bench-", ".times");
        try {
            List<String> words = new ArrayList<>(List.of("bash", "-c", TIMED, "bash", times.toString()));
            words.addAll(command);
            ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
            builder.redirectInput(Path.of("/dev/null").toFile()).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            long start = System.nanoTime();
            Process process = builder.start();
            long peak = 0;
            do {
                peak = Math.max(peak, peakOf(process));
            } while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS));
            double wall = (System.nanoTime() - start) / 1e9;
            return new ChildProcess(
                    process.exitValue(), wall, childrenSeconds(Files.readString(times)), peak / 1024, Files.readString(output));
        } finally {
            Files.deleteIfExists(output);
            Files.deleteIfExists(times);
        }
    }

    /** The same, which must end with 0. */
    ChildProcess succeeded(String what) throws IOException {
        if (exit != 0) {
            throw new IOException(what + " ended with exit code " + exit + ":\n" + tail());
        }
        return this;
    }

    /** The last lines of the output. */
    String tail() {
        List<String> lines = output.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    private static long peakOf(Process process) {
        try (Stream<ProcessHandle> tree = Stream.concat(Stream.of(process.toHandle()), process.descendants())) {
            return tree.mapToLong(handle -> highWaterKb(handle.pid())).max().orElse(0);
        }
    }

    private static long highWaterKb(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
            return 0; // It has ended and waits to be reaped.
        } catch (NoSuchFileException e) {
            return 0; // It has gone since it was listed.
        } catch (IOException e) {
            if ("No such process".equals(e.getMessage())) {
                return 0;
            }
            throw new UncheckedIOException(e);
        }
    }

    /** The second line of {@code times}: {@code 0m1.234s 0m0.567s}, user and system time of the waited-for children. */
    private static double childrenSeconds(String times) {
        double seconds = 0;
        for (String word : times.lines().skip(1).findFirst().orElse("").split(" ")) {
            int minutes = word.indexOf('m');
            if (minutes > 0) {
                seconds += 60 * Double.parseDouble(word.substring(0, minutes))
                        + Double.parseDouble(word.substring(minutes + 1, word.length() - 1).replace(',', '.'));
            }
        }
        return seconds;
    }
}
