package io.windrow.connectors.files.layout;

import io.windrow.api.schema.StreamName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/**
 * Turns names of any shape into names of files, injectively, on every file system: also where case does not count,
 * Unicode is normalised, or a device name is reserved.
 *
 * <p>Lower-case ASCII letters, digits, {@code _} and {@code -} stand for themselves; an upper-case letter is written in
 * lower case and marked in a hexadecimal suffix after {@code ~}; every other byte of the UTF-8 form is {@code %xx}. A
 * result longer than 200 characters is cut and ends in {@code ~~} and 128 bits of the name's SHA-256.
 */
public final class SafeName {
    /** The folder part for a null. */
    public static final String NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__";

    private static final int MAX = 200;
    private static final Set<String> RESERVED = Set.of("con", "prn", "aux", "nul", "com", "lpt");

    private SafeName() {}

    /** The folder of a stream: {@code namespace.name}, or {@code name} if there is no namespace. Dots inside are escaped. */
    public static String of(StreamName stream) {
        StringBuilder out = new StringBuilder();
        StringBuilder upper = new StringBuilder();
        if (!stream.namespace().isEmpty()) {
            escape(stream.namespace(), out, upper);
            out.append('.');
            upper.append('0');
        }
        escape(stream.name(), out, upper);
        return bounded(out, upper, stream.namespace().length() + ":" + stream.namespace() + stream.name());
    }

    private static void escape(String text, StringBuilder out, StringBuilder upper) {
        boolean hide = RESERVED.contains(text.toLowerCase(Locale.ROOT).replaceAll("[0-9]$", ""));
        byte[] bytes = utf8(text);
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xff;
            boolean shown = b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' || b == '_' && i > 0;
            boolean big = b >= 'A' && b <= 'Z';
            if ((shown || big) && !(hide && i == 0)) {
                out.append((char) (big ? b + 32 : b));
                upper.append(big ? '1' : '0');
            } else {
                out.append('%').append(Character.forDigit(b >> 4, 16)).append(Character.forDigit(b & 15, 16));
                upper.append("000");
            }
        }
    }

    /** UTF-8, with a lone surrogate kept apart from everything else (as three bytes, as in CESU-8). */
    private static byte[] utf8(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        text.codePoints().forEach(c -> {
            if (c >= 0xd800 && c <= 0xdfff) {
                out.write(0xe0 | c >> 12);
                out.write(0x80 | c >> 6 & 0x3f);
                out.write(0x80 | c & 0x3f);
            } else {
                out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return out.toByteArray();
    }

    private static String bounded(StringBuilder out, StringBuilder upper, String whole) {
        String bits = upper.substring(0, upper.lastIndexOf("1") + 1);
        String name = bits.isEmpty() ? out.toString() : out + "~" + hex(bits);
        return name.length() <= MAX ? name : out.substring(0, MAX - 34) + "~~" + digest(whole);
    }

    /** The bits in groups of four, the first character's bit first; the last group is filled with zeros. */
    private static String hex(String bits) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < bits.length(); i += 4) {
            String group = (bits + "000").substring(i, i + 4);
            hex.append(Character.forDigit(Integer.parseInt(group, 2), 16));
        }
        return hex.toString();
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(utf8(text));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /**
     * A value as part of a {@code column=value} folder name, as Hive and its readers escape it. Null is
     * {@link #NULL_PARTITION}; a text that is spelled the same has its first character escaped.
     */
    public static String partitionValue(String text) {
        StringBuilder out = new StringBuilder();
        boolean spoof = text.equals(NULL_PARTITION) || text.equals(".") || text.equals("..");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean edge = i == 0 || i == text.length() - 1;
            boolean special = c < 0x20 || c == 0x7f || "\"#%'*/:=?\\{[]^<>|".indexOf(c) >= 0
                    || edge && (c == ' ' || c == '.');
            if (special || spoof && i == 0) {
                out.append('%').append(String.format(Locale.ROOT, "%02X", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
