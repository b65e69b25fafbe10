package io.windrow.core.telemetry;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.windrow.api.error.WindrowException;
import io.windrow.core.observe.EventMeters;
import io.windrow.core.observe.RunListener;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SDK of OpenTelemetry, set up by the standard variables, and what feeds it. */
final class OtelExport implements AutoCloseable {
    private static final long LAST_EXPORT_SECONDS = 10;
    private static final Logger LOG = LoggerFactory.getLogger(OtelExport.class);
    /** Held, since java.util.logging forgets a logger that nobody holds. */
    private static final java.util.logging.Logger OTEL_LOG = java.util.logging.Logger.getLogger("io.opentelemetry");

    private final OpenTelemetrySdk sdk;
    private final List<RunListener> listeners;
    private final Handler log;

    private OtelExport(OpenTelemetrySdk sdk, List<RunListener> listeners, Handler log) {
        this.sdk = sdk;
        this.listeners = listeners;
        this.log = log;
    }

    static OtelExport open(String pipeline, Map<String, String> environment, Clock clock) {
        Handler log = new ToSlf4j();
        OTEL_LOG.setUseParentHandlers(false);
        OTEL_LOG.addHandler(log);
        try {
            OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                    .addPropertiesSupplier(() -> Map.of(
                            "otel.service.name", "windrow",
                            "otel.exporter.otlp.protocol", "http/protobuf",
                            // Logs go to standard error, for whatever gathers them there.
                            "otel.logs.exporter", "none"))
                    .addPropertiesCustomizer(properties -> properties(environment))
                    .disableShutdownHook()
                    .build()
                    .getOpenTelemetrySdk();
            return new OtelExport(
                    sdk,
                    List.of(
                            new EventMeters(pipeline, new OtelMeters(sdk.getMeter("io.windrow"), clock)),
                            new OtelTraces(sdk.getTracer("io.windrow"), clock)),
                    log);
        } catch (RuntimeException e) {
            OTEL_LOG.removeHandler(log);
            // I11: without the cause, since its message can quote the headers, which hold credentials.
            throw WindrowException.of(
                    TelemetryError.NOT_CONFIGURED,
                    "Reading the OTEL_* variables: " + withoutSecrets(String.valueOf(e.getMessage()), environment));
        }
    }

    /** The variables under the names that the SDK knows as properties. */
    private static Map<String, String> properties(Map<String, String> environment) {
        Map<String, String> properties = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith("OTEL_")) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return properties;
    }

    private static String withoutSecrets(String message, Map<String, String> environment) {
        String shown = message;
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            if (variable.getKey().startsWith("OTEL_") && variable.getKey().contains("HEADERS") && !variable.getValue().isEmpty()) {
                shown = shown.replace(variable.getValue(), "***");
            }
        }
        return shown;
    }

    List<RunListener> listeners() {
        return listeners;
    }

    @Override
    public void close() {
        // On another thread, since the SDK's shutdown itself waits for an export that is under way.
        CompletableFuture<Boolean> last = CompletableFuture.supplyAsync(
                () -> sdk.shutdown().join(LAST_EXPORT_SECONDS, TimeUnit.SECONDS).isSuccess(),
                Thread.ofPlatform().daemon().name("last-export")::start);
        if (!last.completeOnTimeout(false, LAST_EXPORT_SECONDS, TimeUnit.SECONDS).join()) {
            LOG.warn("Exporting the last spans and meters: they did not get through within {} s", LAST_EXPORT_SECONDS);
        }
        OTEL_LOG.removeHandler(log);
    }

    /** What the SDK says goes where our own lines go, not to the terminal. */
    private static final class ToSlf4j extends Handler {
        private static final Logger OTEL = LoggerFactory.getLogger("io.opentelemetry");

        ToSlf4j() {
            setFormatter(new SimpleFormatter());
        }

        @Override
        public void publish(LogRecord line) {
            String text = getFormatter().formatMessage(line);
            if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                OTEL.warn(text, line.getThrown());
            } else {
                OTEL.debug(text, line.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
