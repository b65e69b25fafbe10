package io.windrow.core.telemetry;

import io.windrow.core.observe.EventMeters;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunListener;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Exports what the runs of one pipeline tell: by OpenTelemetry if the environment names an exporter, as Prometheus text
 * if there is an address to serve it at, else nothing, at no cost. Lives as long as the process runs the pipeline.
 * Exporting happens on threads of its own with bounded queues; what does not get through is dropped, and closing waits
 * for the last export no longer than three seconds.
 */
public final class Telemetry implements RunListener, AutoCloseable {
    private final List<RunListener> listeners = new ArrayList<>();
    private final @Nullable MetricsServer server;
    private final @Nullable AutoCloseable export;

    private Telemetry(String pipeline, Map<String, String> environment, Optional<String> address, Clock clock) {
        if (address.isPresent()) {
            PrometheusText text = new PrometheusText(clock);
            server = MetricsServer.listen(address.get(), text::render);
            listeners.add(new EventMeters(pipeline, text));
        } else {
            server = null;
        }
        try {
            export = wantsOpenTelemetry(environment) ? open(pipeline, environment, clock) : null;
        } catch (RuntimeException e) {
            if (server != null) {
                server.close();
            }
            throw e;
        }
    }

    /**
     * Begins to export.
     *
     * @param pipeline the pipeline's name
     * @param environment the process's variables, of which those that begin with {@code OTEL_} are looked at
     * @param address where to serve Prometheus text: a port of the loopback interface, or {@code HOST:PORT}; port 0: any
     * @param clock tells when things happen
     * @throws io.windrow.api.error.WindrowException of {@link TelemetryError}
     */
    public static Telemetry open(
            String pipeline, Map<String, String> environment, Optional<String> address, Clock clock) {
        return new Telemetry(pipeline, environment, address, clock);
    }

    private AutoCloseable open(String pipeline, Map<String, String> environment, Clock clock) {
        OtelExport opened = OtelExport.open(pipeline, environment, clock);
        listeners.addAll(opened.listeners());
        return opened;
    }

    /** Whether a variable names an exporter or an endpoint. Names, limits and resource attributes alone ask for nothing. */
    private static boolean wantsOpenTelemetry(Map<String, String> environment) {
        if ("true".equalsIgnoreCase(environment.get("OTEL_SDK_DISABLED"))) {
            return false;
        }
        boolean endpoint = List.of("", "TRACES_", "METRICS_").stream()
                .anyMatch(signal -> !environment.getOrDefault("OTEL_EXPORTER_OTLP_" + signal + "ENDPOINT", "").isBlank());
        boolean exporter = List.of("TRACES", "METRICS").stream()
                .map(signal -> environment.getOrDefault("OTEL_" + signal + "_EXPORTER", "").strip())
                .anyMatch(name -> !name.isEmpty() && !name.equals("none"));
        return endpoint || exporter;
    }

    /** Where Prometheus text is served, if it is. */
    public Optional<URI> metrics() {
        return Optional.ofNullable(server).map(MetricsServer::page);
    }

    @Override
    public void on(RunEvent event) {
        listeners.forEach(listener -> listener.on(event));
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        if (export instanceof OtelExport opened) {
            opened.close();
        }
    }
}
