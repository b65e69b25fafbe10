package io.windrow.core.quarantine;

import io.windrow.api.schema.StreamName;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The name under which something of a stream lies in a folder: another one for each stream, also where case does not count. */
public final class StreamFileName {
    private static final int MAX = 180;

    private StreamFileName() {}

    /** Lower-case letters, digits, {@code _} and {@code -} stand for themselves, every other byte is {@code %xx}. */
    public static String of(StreamName stream) {
        StringBuilder out = new StringBuilder();
        if (!stream.namespace().isEmpty()) {
            escape(stream.namespace(), out);
            out.append('.');
        }
        escape(stream.name(), out);
        if (out.length() <= MAX) {
            return out.toString();
        }
        String whole = out.toString();
        byte[] digest = QuarantineFolder.sha256().digest(whole.getBytes(StandardCharsets.US_ASCII));
        return whole.substring(0, MAX - 40) + "~" + HexFormat.of().formatHex(digest, 0, 16);
    }

    private static void escape(String text, StringBuilder out) {
        // A lone surrogate has no UTF-8: UTF-16 tells it from a question mark.
        boolean whole = StandardCharsets.UTF_8.newEncoder().canEncode(text);
        for (byte b : text.getBytes(whole ? StandardCharsets.UTF_8 : StandardCharsets.UTF_16BE)) {
            if (whole && (b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '_' || b == '-')) {
                out.append((char) b);
            } else {
                out.append(whole ? '%' : '=').append(HexFormat.of().toHexDigits(b));
            }
        }
    }
}
