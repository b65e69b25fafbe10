package io.windrow.benchmarks.governed;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An expression of a fixed form, as CEL and as plain Java with nulls.
 *
 * @param form the form
 * @param whole a column of whole numbers
 * @param other another one
 * @param text a column of texts
 * @param constant a whole number
 */
record Formula(Form form, String whole, String other, String text, int constant) {
    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger GREATEST = BigInteger.valueOf(Long.MAX_VALUE);

    /** What a formula is. */
    enum Form {
        GREATER("%1$s > %4$d", true, false),
        EVEN("%1$s %% 2 == 0", true, false),
        TOLD("%3$s != null", false, true),
        NOT_ALPHA("%3$s != 'alpha'", false, true),
        STARTS("%3$s.startsWith('a')", false, true),
        EITHER("%1$s > %4$d || %3$s == 'beta'", true, true),
        SUM("%1$s + %2$s", true, false),
        QUOTIENT("%1$s / %2$s", true, false),
        JOINED("%3$s + '-x'", false, true),
        CHOSEN("%1$s > 0 ? %3$s : 'low'", true, true),
        LENGTH("size(%3$s)", false, true);

        private final String cel;
        final boolean needsWhole;
        final boolean needsText;

        Form(String cel, boolean needsWhole, boolean needsText) {
            this.cel = cel;
            this.needsWhole = needsWhole;
            this.needsText = needsText;
        }

        boolean isCondition() {
            return ordinal() <= EITHER.ordinal();
        }

        boolean isText() {
            return this == JOINED || this == CHOSEN;
        }
    }

    /** A row that an expression fails on. */
    static final class Fault extends Exception {
        private static final long serialVersionUID = 1L;
        final String code;

        Fault(String code) {
            super(code);
            this.code = code;
        }
    }

    String cel() {
        return String.format(java.util.Locale.ROOT, form.cel, whole, other, text, constant);
    }

    /** The columns that it names. */
    Set<String> fields() {
        Set<String> fields = new java.util.TreeSet<>();
        if (form.needsWhole) {
            fields.add(whole);
        }
        if (needsOther()) {
            fields.add(other);
        }
        if (form.needsText) {
            fields.add(text);
        }
        return fields;
    }

    private boolean needsOther() {
        return form == Form.SUM || form == Form.QUOTIENT;
    }

    /** Whether the columns that it names are there and of its types. */
    boolean fits(List<Column> columns) {
        return fields().stream().allMatch(name -> columns.stream().anyMatch(column -> column.name().equals(name)
                && (form.needsText && name.equals(text) ? column.type() instanceof ColumnType.Text : Oracle.isWhole(column))));
    }

    @Nullable Object of(Map<String, @Nullable Object> row) throws Fault {
        // What the form does not name may have become anything.
        BigInteger a = form.needsWhole ? (BigInteger) row.get(whole) : null;
        BigInteger b = needsOther() ? (BigInteger) row.get(other) : null;
        String t = form.needsText ? (String) row.get(text) : null;
        Boolean above = a == null ? null : a.compareTo(BigInteger.valueOf(form == Form.CHOSEN ? 0 : constant)) > 0;
        return switch (form) {
            case GREATER -> above;
            case EVEN -> a == null ? null : !a.testBit(0);
            case TOLD -> t != null;
            case NOT_ALPHA -> t == null ? null : !t.equals("alpha");
            case STARTS -> t == null ? null : t.startsWith("a");
            case EITHER -> {
                Boolean beta = t == null ? null : t.equals("beta");
                yield Boolean.TRUE.equals(above) || Boolean.TRUE.equals(beta) ? Boolean.TRUE
                        : above == null || beta == null ? null : Boolean.FALSE;
            }
            case SUM -> a == null || b == null ? null : inRange(a.add(b));
            case QUOTIENT -> {
                if (a == null || b == null) {
                    yield null;
                }
                if (b.signum() == 0) {
                    throw new Fault("expression.division_by_zero");
                }
                yield inRange(a.divide(b));
            }
            case JOINED -> t == null ? null : t + "-x";
            case CHOSEN -> above == null ? null : above ? t : "low";
            case LENGTH -> t == null ? null : BigInteger.valueOf(t.codePointCount(0, t.length()));
        };
    }

    private static BigInteger inRange(BigInteger value) throws Fault {
        if (value.compareTo(LEAST) < 0 || value.compareTo(GREATEST) > 0) {
            throw new Fault("expression.overflow");
        }
        return value;
    }
}
