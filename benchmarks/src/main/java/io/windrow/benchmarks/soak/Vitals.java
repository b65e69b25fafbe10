package io.windrow.benchmarks.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What a process holds, as Linux tells it.
 *
 * @param residentKib resident memory in KiB: heap, batches beside it, code and the rest
 * @param threads threads
 * @param files open file descriptors, sockets included
 */
public record Vitals(long residentKib, long threads, long files) {
    /** Empty: the process is gone, or this is no Linux. */
    static Optional<Vitals> of(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            long files = open.count();
            List<String> status = Files.readAllLines(process.resolve("status"));
            return Optional.of(new Vitals(number(status, "VmRSS:"), number(status, "Threads:"), files));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static long number(List<String> status, String name) {
        return status.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    /** The median of one figure. */
    static long median(List<Vitals> samples, ToLongFunction<Vitals> figure) {
        long[] sorted = samples.stream().mapToLong(figure).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }
}
