package io.windrow.benchmarks.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Breaks bytes: cut off, bits flipped, ranges gone or doubled, numbers negative, huge or zero. */
final class Breakage {
    private static final long[] NUMBERS = {
        0, 1, -1, -2, 2, 127, 128, 255, 256, 65_535, 65_536, Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE - 8,
        Long.MAX_VALUE, Long.MIN_VALUE
    };
    private static final List<String> TEXTS = List.of(
            "-1", "0", "9223372036854775807", "9223372036854775808", "1e999", "null", "true", "\"\"", "{}", "[]", "[[",
            "}", "\\u0000", "\u0000", "\"", ":", ",", "\n", "\t", "&a", "*a", "!!java.net.URL", "${env:NO}", "${", "%", "NaN");

    private final Random random;

    Breakage(Random random) {
        this.random = random;
    }

    /** One to four changes of a binary input. */
    byte[] of(byte[] valid) {
        byte[] bytes = valid.clone();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            bytes = once(bytes);
        }
        return bytes;
    }

    /** One to four changes of a text; some put a word of the format's own where it does not belong. */
    String of(String valid) {
        if (random.nextInt(200) == 0) {
            int at = random.nextInt(valid.length() + 1);
            return valid.substring(0, at) + "[".repeat(1 + random.nextInt(20_000)) + valid.substring(at);
        }
        String text = valid;
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            if (random.nextBoolean()) {
                text = new String(once(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
            } else {
                String word = TEXTS.get(random.nextInt(TEXTS.size()));
                int at = random.nextInt(text.length() + 1);
                int end = Math.min(text.length(), at + random.nextInt(6));
                text = text.substring(0, at) + word + text.substring(end);
            }
        }
        return text;
    }

    private byte[] once(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(bytes.length);
        int end = Math.min(bytes.length, at + 1 + random.nextInt(32));
        return switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> {
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                yield bytes;
            }
            case 2 -> {
                bytes[at] = (byte) random.nextInt();
                yield bytes;
            }
            case 3 -> joined(bytes, at, new byte[0], end);
            case 4 -> joined(bytes, at, Arrays.copyOfRange(bytes, at, end), at);
            case 5 -> {
                byte[] more = new byte[1 + random.nextInt(16)];
                random.nextBytes(more);
                yield joined(bytes, at, more, at);
            }
            default -> {
                long number = NUMBERS[random.nextInt(NUMBERS.length)];
                int width = List.of(1, 2, 4, 8).get(random.nextInt(4));
                for (int i = 0; i < width && at + i < bytes.length; i++) {
                    bytes[at + i] = (byte) (number >> (8 * (width - 1 - i)));
                }
                yield bytes;
            }
        };
    }

    private static byte[] joined(byte[] bytes, int until, byte[] between, int from) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + between.length);
        out.write(bytes, 0, until);
        out.writeBytes(between);
        out.write(bytes, from, bytes.length - from);
        return out.toByteArray();
    }
}
