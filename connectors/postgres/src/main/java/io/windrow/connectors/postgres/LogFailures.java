package io.windrow.connectors.postgres;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.sql.SQLException;
import java.util.Optional;

/** What an error means while a slot is made or read; other SQLSTATEs mean what they always do. */
final class LogFailures {
    private static final String IN_USE = "55006";
    private static final String MISSING = "42704";

    private LogFailures() {}

    /** Whether somebody else reads the slot, or a reader has gone that the server has not noticed to be. */
    static boolean isInUse(SQLException e) {
        return IN_USE.equals(e.getSQLState());
    }

    /** Whether somebody else's transaction did not end in time. */
    static boolean isTimeout(SQLException e) {
        return "55P03".equals(e.getSQLState());
    }

    /** Whether it is over by the next look: a lock, a partition that went between two statements, a server that is busy. */
    static boolean passes(SQLException e) {
        return "42P01".equals(e.getSQLState()) || passes(SqlStates.coded("Looking at partitions", e));
    }

    /** Whether to look again is all that it needs. */
    static boolean passes(WindrowException e) {
        return e.errorCode().kind() == ErrorKind.EXTERNAL_TRANSIENT;
    }

    /** While a slot is read. */
    static WindrowException coded(String doing, SQLException e) {
        return coded(doing, e, switch (String.valueOf(e.getSQLState())) {
            case IN_USE -> Optional.of(LogError.SLOT_IN_USE);
            case "55000" -> Optional.of(LogError.SLOT_LOST);
            case MISSING, "42501" -> Optional.of(LogError.NOT_PREPARED);
            default -> Optional.empty();
        });
    }

    /** While a slot is opened that streams were read from (I13). The publication is looked at with the first row only. */
    static Optional<WindrowException> gone(String doing, SQLException e) {
        return MISSING.equals(e.getSQLState())
                ? Optional.of(coded(doing, e, Optional.of(LogError.SLOT_LOST)))
                : Optional.empty();
    }

    /** While a slot is made: wal_level is not logical, no slot or sender is left, or the role may not replicate. */
    static WindrowException preparing(String doing, SQLException e) {
        return coded(doing, e, switch (String.valueOf(e.getSQLState())) {
            case "55000", "53400", "42501" -> Optional.of(LogError.NOT_PREPARED);
            case IN_USE -> Optional.of(LogError.SLOT_IN_USE);
            default -> Optional.empty();
        });
    }

    private static WindrowException coded(String doing, SQLException e, Optional<LogError> code) {
        WindrowException plain = SqlStates.coded(doing, e);
        return code.map(known -> WindrowException.of(known, String.valueOf(plain.getMessage()))).orElse(plain);
    }
}
