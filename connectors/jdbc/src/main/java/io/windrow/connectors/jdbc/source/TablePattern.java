package io.windrow.connectors.jdbc.source;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.jdbc.catalog.SourceError;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a user names tables: {@code namespace.name}, each part exact or with wildcards ({@code *} for any characters), or
 * quoted and then exact whatever it holds. Without a namespace it is the connection's own.
 */
record TablePattern(Part schema, Part name) {
    /**
     * @param text the exact text, or the text with its wildcards
     * @param wildcard whether {@code *} stands for any characters
     */
    record Part(String text, boolean wildcard) {
        boolean matches(String candidate) {
            if (!wildcard) {
                return candidate.equals(text);
            }
            StringBuilder regex = new StringBuilder();
            for (String piece : text.split("\\*", -1)) {
                regex.append(regex.isEmpty() ? "" : ".*").append(piece.isEmpty() ? "(?:)" : Pattern.quote(piece));
            }
            return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(candidate).matches();
        }
    }

    static TablePattern parse(String text, String namespace) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (true) {
            if (at < text.length() && text.charAt(at) == '"') {
                StringBuilder exact = new StringBuilder();
                at++;
                while (true) {
                    if (at >= text.length()) {
                        throw invalid(text, "a quote is not closed");
                    }
                    char c = text.charAt(at++);
                    if (c != '"') {
                        exact.append(c);
                    } else if (at < text.length() && text.charAt(at) == '"') {
                        exact.append('"');
                        at++;
                    } else {
                        break;
                    }
                }
                parts.add(new Part(exact.toString(), false));
            } else {
                int dot = text.indexOf('.', at);
                String plain = text.substring(at, dot < 0 ? text.length() : dot);
                parts.add(new Part(plain, plain.indexOf('*') >= 0));
                at += plain.length();
            }
            if (at == text.length()) {
                break;
            }
            if (text.charAt(at) != '.') {
                throw invalid(text, "a dot is expected behind a quoted part");
            }
            at++;
        }
        if (parts.size() > 2 || parts.stream().anyMatch(part -> part.text().isEmpty())) {
            throw invalid(text, "it has " + parts.size() + " parts; quote a part that has a dot");
        }
        return parts.size() == 2
                ? new TablePattern(parts.get(0), parts.get(1))
                : new TablePattern(new Part(namespace, false), parts.get(0));
    }

    boolean wildcard() {
        return schema.wildcard() || name.wildcard();
    }

    boolean matches(StreamName stream) {
        return schema.matches(stream.namespace()) && name.matches(stream.name());
    }

    /** The one stream that is meant, if there is no wildcard. */
    StreamName exact() {
        return new StreamName(schema.text(), name.text());
    }

    private static WindrowException invalid(String text, String why) {
        return WindrowException.of(
                SourceError.STREAM_INVALID, "Reading the table name " + text + ": " + why + "; write namespace.name");
    }
}
