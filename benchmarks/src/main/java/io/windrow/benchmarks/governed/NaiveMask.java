package io.windrow.benchmarks.governed;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** What each mask makes of one value, written from the how-to and the standards, one value at a time. */
final class NaiveMask {
    private static final Pattern FOUND =
            Pattern.compile(Canary.MARK + "\\d+@example\\.com|" + Canary.CARD + "|" + Canary.IBAN);
    private static final Pattern CONTENT = Pattern.compile("[\\p{L}\\p{M}\\p{N}]");
    private static final int MILLION = 1_000_000;

    private NaiveMask() {}

    /** A value of too few characters for format-preserving encryption, or with a letter or digit that it would leave as it is. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** The columns that come out of one. */
    static List<Column> columns(MaskPlan rule, Column column) {
        ColumnType text = new ColumnType.Text();
        return switch (rule.method()) {
            case REDACT -> List.of(with(column, text));
            case NULL -> List.of(new Column(column.id(), column.name(), column.type(), true, ""));
            case HMAC, TOKEN -> {
                List<Column> columns = new ArrayList<>(List.of(with(column, text)));
                rule.previous().ifPresent(key -> columns.add(
                        new Column(column.id() + MILLION, column.name() + "_previous", text, column.nullable(), "")));
                yield columns;
            }
            case PARTIAL, FPE, TRUNCATE, DETECT -> List.of(column);
        };
    }

    private static Column with(Column column, ColumnType type) {
        return new Column(column.id(), column.name(), type, column.nullable(), "");
    }

    /** The values that come out of one, as many as {@link #columns}. */
    static List<@Nullable Object> values(MaskPlan rule, @Nullable Object value) throws Unfit {
        List<@Nullable Object> masked = new ArrayList<>();
        masked.add(value == null ? null : one(rule, rule.key(), value));
        if (rule.method() == MaskPlan.Method.HMAC || rule.method() == MaskPlan.Method.TOKEN) {
            rule.previous().ifPresent(key -> masked.add(value == null ? null : keyed(rule, key, value)));
        }
        return masked;
    }

    private static @Nullable Object one(MaskPlan rule, String key, Object value) throws Unfit {
        return switch (rule.method()) {
            case REDACT -> MaskPlan.GONE;
            case NULL -> null;
            case PARTIAL -> partial((String) value);
            case HMAC, TOKEN -> keyed(rule, key, value);
            case FPE -> formatPreserving(rule, (String) value);
            case TRUNCATE -> truncated(rule.to(), value);
            case DETECT -> found(value);
        };
    }

    private static @Nullable Object found(@Nullable Object value) {
        return switch (value) {
            case String text -> FOUND.matcher(text).replaceAll(java.util.regex.Matcher.quoteReplacement(MaskPlan.GONE));
            case List<?> items -> {
                List<@Nullable Object> searched = new ArrayList<>();
                items.forEach(item -> searched.add(found(item)));
                yield searched;
            }
            case null, default -> value;
        };
    }

    private static String partial(String text) {
        int[] letters = text.codePoints().toArray();
        StringBuilder masked = new StringBuilder();
        boolean few = letters.length <= 2 * (MaskPlan.KEEP_START + MaskPlan.KEEP_END);
        for (int i = 0; i < letters.length; i++) {
            boolean kept = !few && (i < MaskPlan.KEEP_START || i >= letters.length - MaskPlan.KEEP_END);
            masked.appendCodePoint(kept ? letters[i] : '*');
        }
        return masked.toString();
    }

    private static String keyed(MaskPlan rule, String key, Object value) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] digest = mac.doFinal(plain(value));
            return rule.method() == MaskPlan.Method.HMAC
                    ? HexFormat.of().formatHex(digest)
                    : Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 16));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }

    private static byte[] plain(Object value) {
        String text = switch (value) {
            case byte[] bytes -> new String(bytes, StandardCharsets.ISO_8859_1);
            case BigDecimal decimal -> decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
            case Instant instant -> LocalDateTime.ofInstant(instant, ZoneOffset.UTC) + "Z";
            default -> value.toString();
        };
        return text.getBytes(value instanceof byte[] ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    private static Object truncated(String to, Object value) {
        return switch (value) {
            case LocalDate day -> day(to, day);
            case Instant instant -> ((LocalDateTime) truncated(to, LocalDateTime.ofInstant(instant, ZoneOffset.UTC)))
                    .toInstant(ZoneOffset.UTC);
            case LocalDateTime time -> to.equals("hour")
                    ? time.truncatedTo(ChronoUnit.HOURS)
                    : LocalDateTime.of(day(to, time.toLocalDate()), LocalTime.MIDNIGHT);
            default -> throw new IllegalStateException("No truncation of " + value.getClass());
        };
    }

    private static LocalDate day(String to, LocalDate day) {
        return switch (to) {
            case "year" -> day.withDayOfYear(1);
            case "month" -> day.withDayOfMonth(1);
            default -> day;
        };
    }

    private static String formatPreserving(MaskPlan rule, String text) throws Unfit {
        String letters = switch (rule.alphabet()) {
            case "digits" -> "0123456789";
            case "lower_alphanumeric" -> "0123456789abcdefghijklmnopqrstuvwxyz";
            default -> "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        };
        if (text.codePoints().filter(c -> letters.indexOf(c) < 0).anyMatch(c -> CONTENT.matcher(Character.toString(c)).matches())) {
            throw new Unfit();
        }
        int[] numerals = text.chars().map(letters::indexOf).filter(at -> at >= 0).toArray();
        if (BigInteger.valueOf(letters.length()).pow(numerals.length).compareTo(BigInteger.valueOf(MILLION)) < 0) {
            throw new Unfit();
        }
        int[] encrypted = ff1(letters.length(), numerals, rule.key());
        StringBuilder masked = new StringBuilder();
        int next = 0;
        for (char letter : text.toCharArray()) {
            masked.append(letters.indexOf(letter) < 0 ? letter : letters.charAt(encrypted[next++]));
        }
        return masked.toString();
    }

    /** FF1 of NIST SP 800-38G, algorithm 7, with an empty tweak. */
    private static int[] ff1(int radix, int[] numerals, String key) {
        try {
            SecretKeySpec aes = new SecretKeySpec(
                    MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)), "AES");
            int n = numerals.length;
            int u = n / 2;
            int v = n - u;
            BigInteger r = BigInteger.valueOf(radix);
            int b = (r.pow(v).subtract(BigInteger.ONE).bitLength() + 7) / 8;
            int d = 4 * ((b + 3) / 4) + 4;
            byte[] p = ByteBuffer.allocate(16).put((byte) 1).put((byte) 2).put((byte) 1).put((byte) 0)
                    .putShort((short) radix).put((byte) 10).put((byte) u).putInt(n).putInt(0).array();
            BigInteger left = number(numerals, 0, u, r);
            BigInteger right = number(numerals, u, n, r);
            for (int round = 0; round < 10; round++) {
                byte[] q = new byte[(b + 1 + 15) / 16 * 16];
                q[q.length - b - 1] = (byte) round;
                byte[] digits = right.toByteArray();
                for (int i = 0; i < Math.min(b, digits.length); i++) {
                    q[q.length - 1 - i] = digits[digits.length - 1 - i];
                }
                byte[] pq = ByteBuffer.allocate(16 + q.length).put(p).put(q).array();
                Cipher cbc = Cipher.getInstance("AES/CBC/NoPadding");
                cbc.init(Cipher.ENCRYPT_MODE, aes, new IvParameterSpec(new byte[16]));
                byte[] all = cbc.doFinal(pq);
                byte[] block = Arrays.copyOfRange(all, all.length - 16, all.length);
                ByteBuffer s = ByteBuffer.allocate((d + 15) / 16 * 16).put(block);
                Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
                ecb.init(Cipher.ENCRYPT_MODE, aes);
                for (int j = 1; s.hasRemaining(); j++) {
                    byte[] counted = block.clone();
                    counted[15] ^= (byte) j;
                    s.put(ecb.doFinal(counted));
                }
                BigInteger y = new BigInteger(1, Arrays.copyOf(s.array(), d));
                BigInteger c = left.add(y).mod(r.pow(round % 2 == 0 ? u : v));
                left = right;
                right = c;
            }
            int[] out = new int[n];
            write(left, out, 0, u, r);
            write(right, out, u, n, r);
            return out;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has AES and SHA-256", e);
        }
    }

    private static BigInteger number(int[] numerals, int from, int to, BigInteger radix) {
        BigInteger number = BigInteger.ZERO;
        for (int i = from; i < to; i++) {
            number = number.multiply(radix).add(BigInteger.valueOf(numerals[i]));
        }
        return number;
    }

    private static void write(BigInteger number, int[] numerals, int from, int to, BigInteger radix) {
        BigInteger rest = number;
        for (int i = to - 1; i >= from; i--) {
            BigInteger[] parts = rest.divideAndRemainder(radix);
            numerals[i] = parts[1].intValue();
            rest = parts[0];
        }
    }
}
