package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real cluster that is older than 2^32 transactions: the ids of 32 bits in its rows have begun anew. */
@Tag("server")
class OldClusterTest {
    private static final StreamName T = new StreamName("public", "t");

    private static Drive drive(PostgresDatabase db) {
        return new Drive(Drive.config(db.url(), StreamConfig.incremental("public.t", "at", Level.PROVEN)), T);
    }

    @Test
    @Tag("A24")
    void pastFourBillionTransactionsOldStateIsRefusedAndWhatIsNewIsReadOnceFrozenOrNot() throws IOException {
        try (PostgresServer server = PostgresServer.start(PostgresOptions.of(18).durable());
                PostgresDatabase db = PostgresDatabase.create(server)) {
            db.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())",
                    "INSERT INTO t VALUES (1), (2), (3)");
            try (Drive before = drive(db); Drive after = drive(db)) {
                assertThat(before.run()).isEqualTo(3);
                // Nothing can have stayed unfrozen for so long.
                db.execute("VACUUM FREEZE t");
                server.stop();
                TransactionEpoch.advance(server);
                server.start();
                assertThat(db.number("SELECT pg_current_xact_id()::text::bigint")).isGreaterThan(1L << 32);
                assertThatThrownBy(before::run)
                        .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode())
                                .isEqualTo(PostgresError.TRANSACTION_IDS_LOST));
                assertThat(after.run()).isEqualTo(3);
                db.execute("INSERT INTO t VALUES (4)", "UPDATE t SET at = now() WHERE id = 1");
                assertThat(after.run()).isEqualTo(2);
                db.execute("INSERT INTO t VALUES (5)", "VACUUM FREEZE t");
                assertThat(after.run()).as("frozen before it was read").isEqualTo(1);
                assertThat(after.run()).isZero();
                assertThat(after.state.orElseThrow().text()).containsPattern("\"below\":429496\\d{4}");
            }
        }
    }
}
