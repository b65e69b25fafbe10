package io.windrow.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * What a piece of work cost a client.
 *
 * @param seconds elapsed
 * @param cpu processor time of the client, all threads
 */
record Cost(double seconds, double cpu) {
    /** Runs the work in this process. */
    static Cost of(Measured.Work work) throws Exception {
        OperatingSystemMXBean os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = os.getProcessCpuTime();
        long start = System.nanoTime();
        work.run();
        return new Cost((System.nanoTime() - start) / 1e9, (os.getProcessCpuTime() - cpu) / 1e9);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f s (%.2f CPU-s)", seconds, cpu);
    }
}
