package io.windrow.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What one piece of work cost.
 *
 * @param wallSeconds elapsed
 * @param clientCpuSeconds processor time of this process, all threads
 * @param serverCpuSeconds processor time of the database's backends, background processes included
 */
record Measured(double wallSeconds, double clientCpuSeconds, double serverCpuSeconds) {
    private static final double TICKS_PER_SECOND = 100;
    private static final int OWN = 11;
    private static final int CHILDREN = 13;

    /** Work that may fail. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** Runs the work and measures it; the server's share is read from its postmaster's children. */
    static Measured of(long postmaster, Work work) throws Exception {
        OperatingSystemMXBean os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        double server = childCpu(postmaster);
        long cpu = os.getProcessCpuTime();
        long start = System.nanoTime();
        work.run();
        double wall = (System.nanoTime() - start) / 1e9;
        double client = (os.getProcessCpuTime() - cpu) / 1e9;
        return new Measured(wall, client, childCpu(postmaster) - server);
    }

    /** The largest resident set of this process so far, in MB. */
    static long peakRssMb() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
                }
            }
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Processor time of all children so far, running, ended and reaped. A backend's own time becomes its postmaster's when
     * that reaps it, which may be long after the client has moved on: what is read counts if nobody was reaped meanwhile.
     */
    private static double childCpu(long postmaster) throws IOException {
        Path parent = Path.of("/proc", Long.toString(postmaster));
        while (true) {
            long reaped = ticks(parent, CHILDREN);
            long running = 0;
            for (ProcessHandle child : ProcessHandle.of(postmaster).orElseThrow().children().toList()) {
                running += ticksIfThere(Path.of("/proc", Long.toString(child.pid())));
            }
            if (ticks(parent, CHILDREN) == reaped) {
                return (reaped + running) / TICKS_PER_SECOND;
            }
        }
    }

    /** The time of a process, or 0 if it is gone: then its parent's time has changed. */
    private static long ticksIfThere(Path process) throws IOException {
        try {
            return ticks(process, OWN);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** User and system time from a stat file, at the given place after the command's name. */
    private static long ticks(Path process, int place) throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[place]) + Long.parseLong(fields[place + 1]);
    }
}
