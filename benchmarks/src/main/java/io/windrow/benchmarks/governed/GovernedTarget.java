package io.windrow.benchmarks.governed;

import io.windrow.benchmarks.fuzz.Target;
import io.windrow.core.telemetry.Telemetry;
import io.windrow.testkit.telemetry.OtlpReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** Random pipelines from their first run to their last. Each input is one; a failed one leaves its folder behind. */
public final class GovernedTarget implements Target {
    /** One in so many pipelines is exported: the receiver keeps what it gets. */
    private static final int EXPORTED = 10;

    private final Path root;
    private final Traces traces = Traces.listen();
    private final OtlpReceiver receiver = OtlpReceiver.start(OtlpReceiver.Answer.ACCEPT);
    private final Telemetry telemetry;
    private int fed;

    /** Makes its folders below {@code root}. */
    public GovernedTarget(Path root) {
        this.root = root;
        this.telemetry = Telemetry.open(
                "governed", Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint()), Optional.of("0"), Clock.systemUTC());
    }

    @Override
    public String name() {
        return "governed";
    }

    @Override
    public boolean feed(Random random) throws IOException {
        String world = "w" + fed++;
        Path folder = Files.createDirectories(root.resolve(world));
        traces.take();
        try {
            new Trial(random, world, folder, traces, fed % EXPORTED == 1 ? telemetry : event -> {}).run();
        } catch (AssertionError | RuntimeException e) {
            // A long series should not have to end before the first finding can be looked at.
            System.out.println("  " + folder + ": " + e);
            throw e;
        }
        delete(folder);
        return true;
    }

    /** I11: what was exported; an {@link AssertionError} if a masked value is in it. */
    public void checkTelemetry() {
        telemetry.close();
        Canary.in(receiver.spans() + " " + receiver.metrics() + " " + receiver.resources()).ifPresent(found -> {
            throw new AssertionError("Spans or metrics show " + found);
        });
        if (receiver.spans().isEmpty() || receiver.metrics().isEmpty()) {
            throw new AssertionError("Nothing was exported");
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public void close() {
        telemetry.close();
        receiver.close();
        traces.close();
    }
}
