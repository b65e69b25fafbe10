package io.windrow.benchmarks.governed;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Values that stand in masked columns only, and the search for them in whatever a pipeline leaves behind: as text in three
 * encodings, as hexadecimal digits, as Base64 and as the bytes of numbers. Nothing else that the test makes holds them.
 */
final class Canary {
    /** Stands in every masked text. */
    static final String MARK = "qzcanaryxj7";
    /** Stands in every masked text of digits, in every masked number and in every masked decimal. */
    static final String DIGITS = "734091265873";
    /** A card number that passes Luhn. */
    static final String CARD = "4539578763621486";
    /** The bank account of no one, with a good check sum. */
    static final String IBAN = "DE89370400440532013000";

    static final double REAL = -7.340912658731e-77;
    static final LocalDate DAY = LocalDate.of(1907, 3, 19);
    static final LocalTime CLOCK = LocalTime.of(5, 17, 43, 734_091_000);
    private static final long WHOLE = Long.parseLong(DIGITS) * 10_000_000L;
    private static final long UUID_HIGH = 0x5eedca9a73404912L;

    private static final List<List<Needle>> BY_FIRST_BYTE = IntStream.range(0, 256)
            .mapToObj(first -> needles().stream().filter(needle -> (needle.bytes()[0] & 0xff) == first).toList())
            .toList();

    private Canary() {}

    private record Needle(String name, byte[] bytes) {}

    static long whole(int number) {
        return WHOLE + (number & 0xfff);
    }

    static BigDecimal decimal(int scale, int number) {
        return new BigDecimal(DIGITS).add(BigDecimal.valueOf(Math.floorMod(number, (int) Math.pow(10, Math.min(scale, 4))), scale));
    }

    static UUID uuid(int number) {
        return new UUID(UUID_HIGH, 0x9587_0000_0000_0000L + number);
    }

    static byte[] bytes(int number) {
        return (MARK + number).getBytes(StandardCharsets.UTF_8);
    }

    static LocalDateTime dateTime() {
        return LocalDateTime.of(DAY, CLOCK);
    }

    static Instant instant() {
        return dateTime().toInstant(ZoneOffset.UTC);
    }

    private static List<Needle> needles() {
        List<Needle> all = new ArrayList<>();
        for (String text : List.of(MARK, DIGITS, CARD, IBAN, "4539 5787 6362 1486", DAY.toString(), CLOCK.toString(),
                Double.toString(REAL), uuid(0).toString().substring(0, 18))) {
            all.add(new Needle(text, text.getBytes(StandardCharsets.UTF_8)));
            all.add(new Needle(text + " in UTF-16", text.getBytes(StandardCharsets.UTF_16LE)));
            all.add(new Needle(text + " in UTF-16", text.getBytes(StandardCharsets.UTF_16BE)));
        }
        byte[] mark = MARK.getBytes(StandardCharsets.UTF_8);
        String hex = HexFormat.of().formatHex(mark);
        all.add(new Needle("the mark in hexadecimal digits", hex.getBytes(StandardCharsets.UTF_8)));
        all.add(new Needle("the mark in hexadecimal digits", hex.toUpperCase(java.util.Locale.ROOT).getBytes(StandardCharsets.UTF_8)));
        all.add(new Needle("the mark in Base64", Base64.getEncoder().encode(Arrays.copyOf(mark, 9))));
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            byte[] whole = number(WHOLE, order);
            // The lowest two bytes differ from row to row.
            all.add(new Needle("a whole number", order == ByteOrder.LITTLE_ENDIAN
                    ? Arrays.copyOfRange(whole, 2, 8) : Arrays.copyOf(whole, 6)));
            all.add(new Needle("a float", number(Double.doubleToLongBits(REAL), order)));
            all.add(new Needle("a timestamp", number(
                    dateTime().toEpochSecond(ZoneOffset.UTC) * 1_000_000 + CLOCK.getNano() / 1_000, order)));
            all.add(new Needle("a uuid", number(UUID_HIGH, order)));
        }
        return all;
    }

    private static byte[] number(long value, ByteOrder order) {
        return ByteBuffer.allocate(8).order(order).putLong(value).array();
    }

    /** What of a masked value stands in the bytes, and where; empty: nothing. */
    static Optional<String> in(byte[] bytes) {
        for (int at = 0; at < bytes.length; at++) {
            for (Needle needle : BY_FIRST_BYTE.get(bytes[at] & 0xff)) {
                int end = at + needle.bytes().length;
                if (end <= bytes.length && Arrays.equals(bytes, at, end, needle.bytes(), 0, needle.bytes().length)) {
                    return Optional.of(needle.name() + " at byte " + at);
                }
            }
        }
        return Optional.empty();
    }

    /** As {@link #in(byte[])}. */
    static Optional<String> in(CharSequence text) {
        return in(text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
