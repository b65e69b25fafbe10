package io.windrow.core.contract;

import io.windrow.core.contract.SchemaChange.Kind;
import io.windrow.core.policy.Drift;

/** What each drift policy makes of each change. The whole table, and nothing else. Pure. */
public final class DriftRules {
    private DriftRules() {}

    /** What becomes of a stream. */
    public enum Answer {
        /** The source's schema is accepted as the next version, and rows are delivered in it. */
        FOLLOW,
        /** Rows are delivered in the accepted schema: nothing of what it names is lost. */
        KEEP,
        /** Rows are delivered in the accepted schema; those that do not fit it are set aside. */
        SET_ASIDE,
        /** The stream stops before its first row. */
        STOP
    }

    /** The answer of a policy to a change. */
    public static Answer of(Drift policy, Kind change) {
        return switch (policy) {
            case EVOLVE -> switch (change) {
                case ADD, DROP, RENAME, WIDEN, NULLABLE, NOT_NULL, KEY -> Answer.FOLLOW;
                // Rows of the accepted type lie at the target, and the new type does not hold them.
                case NARROW, RETYPE -> Answer.STOP;
            };
            case FREEZE -> switch (change) {
                case ADD, RENAME, NOT_NULL -> Answer.KEEP;
                // What was accepted cannot be delivered any more, or not every value of it.
                case DROP, WIDEN, NARROW, RETYPE, NULLABLE, KEY -> Answer.STOP;
            };
            case QUARANTINE -> switch (change) {
                case RENAME, NOT_NULL -> Answer.KEEP;
                case ADD, NULLABLE -> Answer.SET_ASIDE;
                // Not one row would fit, or its type would have to be changed.
                case DROP, WIDEN, NARROW, RETYPE, KEY -> Answer.STOP;
            };
            case STOP -> Answer.STOP;
        };
    }
}
