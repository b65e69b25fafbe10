package io.windrow.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What one piece of work cost.
 *
 * @param wallSeconds elapsed
 * @param clientCpuSeconds processor time of this process, all threads
 * @param serverCpuSeconds processor time of the database's finished backends
 */
record Measured(double wallSeconds, double clientCpuSeconds, double serverCpuSeconds) {
    private static final double TICKS_PER_SECOND = 100;

    /** Work that may fail. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** Runs the work and measures it; the server's share is read from its postmaster's finished children. */
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

    private static double childCpu(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS_PER_SECOND;
    }
}
