package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.sql.SQLException;
import java.util.Optional;

/** What an error means while a slot is made or read; other SQLSTATEs mean what they always do. */
final class LogFailures {
    private LogFailures() {}

    /** While a slot is read. */
    static WindrowException coded(String doing, SQLException e) {
        return coded(doing, e, switch (String.valueOf(e.getSQLState())) {
            case "55006" -> Optional.of(LogError.SLOT_IN_USE);
            case "55000" -> Optional.of(LogError.SLOT_LOST);
            case "42704", "42501" -> Optional.of(LogError.NOT_PREPARED);
            default -> Optional.empty();
        });
    }

    /** While a slot is made: wal_level is not logical, no slot or sender is left, or the role may not replicate. */
    static WindrowException preparing(String doing, SQLException e) {
        return coded(doing, e, switch (String.valueOf(e.getSQLState())) {
            case "55000", "53400", "42501" -> Optional.of(LogError.NOT_PREPARED);
            case "55006" -> Optional.of(LogError.SLOT_IN_USE);
            default -> Optional.empty();
        });
    }

    private static WindrowException coded(String doing, SQLException e, Optional<LogError> code) {
        WindrowException plain = SqlStates.coded(doing, e);
        return code.map(known -> WindrowException.of(known, String.valueOf(plain.getMessage()))).orElse(plain);
    }
}
