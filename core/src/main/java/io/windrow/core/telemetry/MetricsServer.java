package io.windrow.core.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Serves {@code /metrics} and {@code /healthz} on the HTTP server of the JDK, which has one thread for it. */
final class MetricsServer implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("(?:(\\[[^\\]]+\\]|[^:\\[\\]]+):)?(\\d{1,5})");

    private final HttpServer server;
    private final URI page;

    private MetricsServer(HttpServer server, URI page) {
        this.server = server;
        this.page = page;
    }

    static MetricsServer listen(String address, Supplier<String> text) {
        Matcher parts = ADDRESS.matcher(address.strip());
        int port = parts.matches() ? Integer.parseInt(parts.group(2)) : -1;
        if (port < 0 || port > 65_535) {
            throw WindrowException.of(
                    TelemetryError.BAD_ADDRESS,
                    "Reading --metrics-port " + address + ": expected a port from 0 to 65535, or HOST:PORT");
        }
        try {
            InetAddress host = parts.group(1) == null ? InetAddress.getLoopbackAddress() : InetAddress.getByName(parts.group(1));
            HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 0);
            server.createContext("/", exchange -> answer(exchange, 404, "text/plain", "Look at /metrics or /healthz.\n"));
            server.createContext("/metrics", exchange -> answer(
                    exchange, 200, "text/plain; version=0.0.4; charset=utf-8", text.get()));
            server.createContext("/healthz", exchange -> answer(exchange, 200, "text/plain", "ok\n"));
            server.start();
            String shown = host.getHostAddress().contains(":") ? "[" + host.getHostAddress() + "]" : host.getHostAddress();
            return new MetricsServer(
                    server, URI.create("http://" + shown + ":" + server.getAddress().getPort() + "/metrics"));
        } catch (IOException e) {
            throw WindrowException.of(
                    TelemetryError.PORT_IN_USE,
                    "Listening on --metrics-port " + address + ": " + e.getMessage() + "; expected a free port", e);
        }
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        try (exchange) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            exchange.sendResponseHeaders(status, bytes.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(bytes);
            }
        }
    }

    URI page() {
        return page;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
