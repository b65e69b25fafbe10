package io.windrow.connectors.jdbc.catalog;

import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;

/** Values as people spell them in a setting: a database would compare one that it cannot read with whatever it makes of it. */
final class Written {
    /** Whether a time may say how far it is from UTC. */
    enum Zones {
        KNOWN,
        UNKNOWN
    }

    private static final int DAY = 10;

    private Written() {}

    /**
     * The raw value for a column of the type.
     *
     * @throws Misfit if the text spells none
     */
    static Object raw(ColumnType type, String written, Zones zones) throws Misfit {
        return switch (type) {
            case ColumnType.Int ignored -> whole(written);
            case ColumnType.Decimal ignored -> number(written);
            case ColumnType.Float ignored -> number(written);
            case ColumnType.Date ignored -> {
                IsoTexts.date(written);
                yield written;
            }
            case ColumnType.Timestamp moment -> {
                IsoTexts.moment(written, moment.utc() && zones == Zones.KNOWN);
                yield written;
            }
            // A cursor that is a text begins with a day.
            case ColumnType.Text ignored -> {
                IsoTexts.date(written.substring(0, Math.min(DAY, written.length())));
                yield written;
            }
            default -> written;
        };
    }

    private static Object whole(String written) throws Misfit {
        if (!written.matches("-?[0-9]{1,39}")) {
            throw new Misfit("no_whole_number");
        }
        return written.length() <= 18 ? Long.valueOf(written) : written;
    }

    private static Object number(String written) throws Misfit {
        try {
            new BigDecimal(written);
            return written;
        } catch (NumberFormatException e) {
            throw new Misfit("no_number");
        }
    }
}
