package io.windrow.connectors.postgres;

import io.windrow.api.source.Guarantee;
import io.windrow.connectors.postgres.StreamConfig.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What an incremental stream promises, in words. */
final class WindowGuarantee {
    private WindowGuarantee() {}

    /**
     * @param beyond by what, besides the row, the answer of its condition may change
     */
    static Guarantee of(StreamShape shape, Moment moment, Set<String> beyond) {
        List<String> assumptions = new ArrayList<>();
        String cursor = shape.config().cursor().orElse("");
        String statement = switch (shape.config().guarantee()) {
            case PROVEN ->
                "Every row version that is current at a run's moment and whose transaction is older than all open ones, exactly once.";
            case CONDITIONAL -> {
                assumptions.add("The database itself sets " + cursor
                        + " inside the writing transaction (a default or trigger with now(), an identity with CACHE 1).");
                assumptions.add("Nobody writes a value of " + cursor + " by hand, and the server's clock never steps back.");
                yield "Every row version at or above the cursor's safe bound, exactly once, also if it is committed late.";
            }
            case SETTLE -> {
                assumptions.add("Unproven: no row appears with a " + cursor + " that lies more than "
                        + shape.config().lag().orElse("0") + " behind the newest.");
                yield "Every row version that appears within the lag, exactly once; later ones are lost.";
            }
        };
        if (moment.next() >= 1L << 32) {
            assumptions.add("No row that was frozen more than 4294967296 transactions ago has the 32-bit id of a transaction of"
                    + " this window; such a row would be delivered again.");
        }
        Level level = shape.config().guarantee();
        if (!beyond.isEmpty()) {
            assumptions.add("The stream's where gives a row version one answer at any time, although it depends on "
                    + String.join(", ", beyond) + ": a version that matches only after it was looked at is never delivered.");
            level = level == Level.PROVEN ? Level.CONDITIONAL : level;
        }
        return new Guarantee(
                level.name().toLowerCase(Locale.ROOT),
                statement,
                assumptions,
                List.of("deletes", "versions of a row between two runs"));
    }
}
