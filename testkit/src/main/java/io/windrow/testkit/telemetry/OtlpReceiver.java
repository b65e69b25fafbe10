package io.windrow.testkit.telemetry;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/**
 * A real receiver of OTLP over HTTP on a free port of the loopback interface: decodes what comes and keeps it. Needs
 * {@code opentelemetry-proto} on the class path, which the testkit does not bring. Safe for use by many threads.
 */
public final class OtlpReceiver implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<Metric> metrics = new CopyOnWriteArrayList<>();
    private final List<Map<String, String>> resources = new CopyOnWriteArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private final Answer answer;

    private OtlpReceiver(Answer answer) {
        this.answer = answer;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("Starting a receiver of OTLP", e);
        }
        server.setExecutor(threads);
        server.createContext("/v1/traces", this::traces);
        server.createContext("/v1/metrics", this::metrics);
        server.start();
    }

    /** How the receiver answers. */
    public enum Answer {
        /** At once, with success. */
        ACCEPT,
        /** Not before it is closed: an exporter that waits for it waits for its own timeout. */
        HANG
    }

    /** Starts to listen. */
    public static OtlpReceiver start(Answer answer) {
        return new OtlpReceiver(answer);
    }

    /** What to set {@code OTEL_EXPORTER_OTLP_ENDPOINT} to. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The spans that have come, in no order. */
    public List<Span> spans() {
        return List.copyOf(spans);
    }

    /** The metrics that have come; each export brings all of them again. */
    public List<Metric> metrics() {
        return List.copyOf(metrics);
    }

    /** The attributes of the resources that have sent something. */
    public List<Map<String, String>> resources() {
        return List.copyOf(resources);
    }

    /** Attributes as text. */
    public static Map<String, String> text(List<KeyValue> attributes) {
        Map<String, String> text = new HashMap<>();
        attributes.forEach(attribute -> text.put(attribute.getKey(), text(attribute.getValue())));
        return text;
    }

    private static String text(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case INT_VALUE -> Long.toString(value.getIntValue());
            case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            default -> value.toString();
        };
    }

    private void traces(HttpExchange exchange) throws IOException {
        ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(body(exchange));
        if (hangs()) {
            exchange.close();
            return;
        }
        request.getResourceSpansList().forEach(resource -> {
            resources.add(text(resource.getResource().getAttributesList()));
            resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList()));
        });
        reply(exchange, ExportTraceServiceResponse.getDefaultInstance().toByteString());
    }

    private void metrics(HttpExchange exchange) throws IOException {
        ExportMetricsServiceRequest request = ExportMetricsServiceRequest.parseFrom(body(exchange));
        if (hangs()) {
            exchange.close();
            return;
        }
        request.getResourceMetricsList().forEach(resource ->
                resource.getScopeMetricsList().forEach(scope -> metrics.addAll(scope.getMetricsList())));
        reply(exchange, ExportMetricsServiceResponse.getDefaultInstance().toByteString());
    }

    private boolean hangs() {
        if (answer == Answer.ACCEPT) {
            return false;
        }
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    private static InputStream body(HttpExchange exchange) throws IOException {
        InputStream raw = exchange.getRequestBody();
        return "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding")) ? new GZIPInputStream(raw) : raw;
    }

    private static void reply(HttpExchange exchange, ByteString message) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, message.isEmpty() ? -1 : message.size());
            if (!message.isEmpty()) {
                try (OutputStream out = exchange.getResponseBody()) {
                    message.writeTo(out);
                }
            }
        }
    }

    /** Stops to listen and lets go of exporters that wait. */
    @Override
    public void close() {
        release.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
