package io.windrow.core.transform.shape;

import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.Optional;

/**
 * One spelling for the texts that stand for a value before and after a cast, as JSON writes them: {@code 007} before a cast to a
 * number and {@code 7} after it are one. A text that cannot be read, or does not fit, is spelled as it is. Immutable.
 */
public final class CastText {
    private final Optional<Cast> reading;
    private final Cast cast;
    private final Optional<Cast> result;

    private CastText(Optional<Cast> reading, Cast cast, Optional<Cast> result) {
        this.reading = reading;
        this.cast = cast;
        this.result = result;
    }

    /** The spelling for a cast; empty if there is no such cast, or nothing is cast. */
    public static Optional<CastText> between(ColumnType from, ColumnType to) {
        ColumnType text = new ColumnType.Text();
        return from.equals(to)
                ? Optional.empty()
                : Cast.between(from, to).map(cast -> new CastText(
                        Cast.between(text, from), cast, to instanceof ColumnType.Bytes ? Optional.empty() : Cast.between(text, to)));
    }

    /** The spelling of a value that was not cast yet. */
    public String before(String text) {
        try {
            return reading.isEmpty() ? text : spelled(cast.of(reading.get().of(text)));
        } catch (Cast.Misfit e) {
            return text;
        }
    }

    /** The spelling of a value that was cast. */
    public String after(String text) {
        try {
            return result.isEmpty() ? text : spelled(result.get().of(text));
        } catch (Cast.Misfit e) {
            return text;
        }
    }

    private static String spelled(Object value) {
        return switch (value) {
            case BigDecimal number -> number.stripTrailingZeros().toPlainString();
            case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
            default -> value.toString();
        };
    }
}
