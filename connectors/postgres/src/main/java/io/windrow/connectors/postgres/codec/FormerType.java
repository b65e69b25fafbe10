package io.windrow.connectors.postgres.codec;

import io.windrow.api.schema.ColumnType;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How values of a type that a column had before, which a change log still holds, are values of the type that it has now: exactly,
 * or there is no such way.
 */
public enum FormerType {
    /** Their forms are those of the type that the column has. */
    ALIKE(null),
    /** A whole number, told by its digits. */
    WHOLE(FormerType::whole),
    /** A numeric, told by its digits. */
    NUMERIC(TextRenderers::numeric),
    /** A float of 32 bits, which is a float of 64 bits too. */
    REAL(FormerType::real);

    private static final int INT2 = 21;
    private static final int INT4 = 23;
    private static final int INT8 = 20;
    private static final int FLOAT4 = 700;
    private static final int FLOAT8 = 701;
    private static final long NUMERIC_ARRAY = 1231;
    private static final int VARCHAR = 1043;
    /** name, text, varchar: texts that are what they look like. */
    private static final Set<Long> TEXTS = Set.of(19L, 25L, 1043L);
    /** Whole numbers, and how many digits those have at most. */
    private static final Map<Long, Integer> WHOLES = Map.of((long) INT2, 5, (long) INT4, 10, (long) INT8, 19);

    private final @Nullable TextRenderer renderer;

    FormerType(@Nullable TextRenderer renderer) {
        this.renderer = renderer;
    }

    /**
     * A type of the database beneath all domains.
     *
     * @param oid its oid
     * @param typmod its modifier, −1 for none
     */
    record Base(long oid, int typmod) {}

    /**
     * The way from one type to another.
     *
     * @param type as which the other's values are delivered
     * @return empty: there are values that would be others, or nobody knows
     */
    static Optional<FormerType> of(Base former, Base now, ColumnType type) {
        if (former.oid == BuiltInTypes.NUMERIC && type instanceof ColumnType.Decimal decimal) {
            return now.oid == BuiltInTypes.NUMERIC && fits(BuiltInTypes.numeric(former.typmod).type(), decimal)
                    ? Optional.of(ALIKE)
                    : Optional.empty();
        }
        if (former.oid == now.oid) {
            return former.oid == NUMERIC_ARRAY ? Optional.empty() : Optional.of(ALIKE);
        }
        Integer digits = WHOLES.get(former.oid);
        if (digits != null) {
            boolean holds = isText(now)
                    || WHOLES.getOrDefault(now.oid, 0) > digits
                    || now.oid == BuiltInTypes.NUMERIC
                            && (!(type instanceof ColumnType.Decimal decimal) || decimal.precision() - decimal.scale() >= digits);
            return holds ? Optional.of(WHOLE) : Optional.empty();
        }
        if (former.oid == BuiltInTypes.NUMERIC && isText(now)) {
            return Optional.of(NUMERIC);
        }
        if (TEXTS.contains(former.oid) && isText(now)) {
            return Optional.of(ALIKE);
        }
        return former.oid == FLOAT4 && now.oid == FLOAT8 ? Optional.of(REAL) : Optional.empty();
    }

    /** Any text, since a column's delivered type has no length. */
    private static boolean isText(Base base) {
        return base.oid == BuiltInTypes.TEXT || base.oid == VARCHAR;
    }

    private static boolean fits(ColumnType former, ColumnType.Decimal now) {
        return former instanceof ColumnType.Decimal before
                && before.scale() <= now.scale()
                && before.precision() - before.scale() <= now.precision() - now.scale();
    }

    /** Writes the text that the column's decoder reads from the former type's send form; false if it is none. */
    boolean render(byte[] source, int offset, int length, AsciiText out) {
        return renderer != null && renderer.render(source, offset, length, out);
    }

    /** Writes the text that the column's decoder reads from the former type's text; false if it is none. */
    boolean renderText(byte[] source, int offset, int length, AsciiText out) {
        if (this != REAL) {
            out.raw(source, offset, length);
            return true;
        }
        SendForm sent = new SendForm();
        return TextForms.float4(source, offset, offset + length, sent) && real(sent.bytes(), 0, sent.length(), out);
    }

    private static boolean whole(byte[] source, int offset, int length, AsciiText out) {
        switch (length) {
            case 2 -> ascii(Short.toString(ValueDecoder.shortAt(source, offset)), out);
            case 4 -> ascii(Integer.toString(ValueDecoder.intAt(source, offset)), out);
            case 8 -> ascii(Long.toString(ValueDecoder.longAt(source, offset)), out);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean real(byte[] source, int offset, int length, AsciiText out) {
        if (length != 4) {
            return false;
        }
        ascii(Double.toString(Float.intBitsToFloat(ValueDecoder.intAt(source, offset))), out);
        return true;
    }

    private static void ascii(String text, AsciiText out) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        out.raw(bytes, 0, bytes.length);
    }
}
