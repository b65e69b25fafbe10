package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pipeline that a command line describes, as the text of a pipeline file. Its state lies in the target folder, so that the same command goes on where the last one ended. */
record QuickPipeline(
        String from,
        List<String> streams,
        @Nullable String mode,
        @Nullable String cursor,
        String to,
        @Nullable String format) {
    private static final Map<String, String> CONNECTORS = connectors();

    private static Map<String, String> connectors() {
        Map<String, String> connectors = new HashMap<>();
        List.of("postgres", "postgresql").forEach(scheme -> connectors.put(scheme, "postgres"));
        List.of("mariadb", "mysql", "sqlserver", "oracle", "sqlite", "duckdb").forEach(scheme -> connectors.put(scheme, "jdbc"));
        Map.copyOf(connectors).forEach((scheme, connector) -> connectors.put("jdbc:" + scheme, connector));
        return Map.copyOf(connectors);
    }

    /** The connector that reads from the URL. */
    static String connector(String url) {
        if (url.startsWith("${")) {
            return "postgres";
        }
        int colon = url.startsWith("jdbc:") ? url.indexOf(':', 5) : url.indexOf(':');
        String scheme = colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
        String connector = CONNECTORS.get(scheme);
        if (connector == null) {
            throw WindrowException.of(
                    CliError.UNKNOWN_SCHEME,
                    "Reading --from: expected a URL that begins with postgresql://, mariadb://, mysql://, sqlserver://, oracle://, "
                            + "jdbc:sqlite: or jdbc:duckdb:, not "
                            + (scheme.isEmpty() ? "one without a scheme" : scheme + ":"));
        }
        return connector;
    }

    String text(Path here) {
        StringBuilder text = new StringBuilder();
        String name = name();
        text.append("pipeline: ").append(quoted(name)).append("\nsource:\n  ").append(connector(from)).append(":\n");
        text.append("    url: ").append(quoted(from)).append('\n');
        if (!streams.isEmpty()) {
            text.append("    streams:\n");
            for (String stream : streams) {
                text.append("      - {table: ").append(quoted(stream));
                if (mode != null || cursor != null) {
                    text.append(", mode: ").append(quoted(mode == null ? "incremental" : mode));
                }
                if (cursor != null) {
                    text.append(", cursor: ").append(quoted(cursor));
                }
                text.append("}\n");
            }
        }
        text.append("sink:\n  files:\n    path: ").append(quoted(to)).append('\n');
        if (format != null) {
            text.append("    format: ").append(quoted(format)).append('\n');
        }
        Path state = here.resolve(to).normalize().resolve(".windrow").resolve(name + ".db");
        text.append("run:\n  state: ").append(quoted("jdbc:sqlite:" + state)).append('\n');
        return text.toString();
    }

    /** A name that the same source, streams and mode give again; made without the URL's password. */
    private String name() {
        String identity = withoutCredentials(from) + "\n" + streams + "\n" + mode + "\n" + cursor;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
            String first = streams.isEmpty() ? "all" : streams.getFirst().replaceAll("[^A-Za-z0-9_.-]", "_");
            return "quick-" + first.substring(0, Math.min(80, first.length())) + "-"
                    + HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw WindrowException.of(CliError.BUG, "Naming the pipeline: the JDK has no SHA-256", e);
        }
    }

    static String withoutCredentials(String url) {
        return url.replaceFirst("//[^/@]*@", "//").replaceFirst("\\?.*", "");
    }

    /** A YAML double-quoted text. */
    static String quoted(String text) {
        return Json.line(text);
    }
}
