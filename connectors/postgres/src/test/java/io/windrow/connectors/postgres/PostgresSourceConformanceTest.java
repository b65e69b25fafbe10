package io.windrow.connectors.postgres;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Secret;
import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceTraits;
import io.windrow.testkit.conformance.SourceConformance;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("server")
class PostgresSourceConformanceTest extends SourceConformance {
    @RegisterExtension
    static final PostgresDatabase database = PostgresDatabase.on(18,
            "CREATE TABLE items (id bigint PRIMARY KEY, name text)",
            "INSERT INTO items SELECT i, repeat('x', 50) FROM generate_series(1, 5000) i",
            "ANALYZE items");

    /** Small splits and batches, so that a small table has many. */
    private static PostgresConfig config() {
        PostgresConfig whole =
                PostgresConfig.of(Secret.of(database.url()), List.of(StreamConfig.snapshot("public.*")));
        return new PostgresConfig(whole.url(), Optional.empty(), whole.streams(), whole.newTables(),
                ByteSize.parse("64KiB"), whole.batchSize(), 300, whole.lockTimeout(),
                whole.connectTimeout(), Duration.ofMinutes(10), whole.changes());
    }

    @Override
    protected Source open(Context with) {
        return new PostgresSource(config(), with, new SlotWatch.Stand());
    }

    @Override
    protected SourceTraits traits() {
        return new SourceTraits(
                Set.of(ReadMode.SNAPSHOT, ReadMode.INCREMENTAL, ReadMode.CDC), SourceTraits.Replay.POSITION, false, true);
    }

    @Override
    protected StreamName stream() {
        return new StreamName("public", "items");
    }

    @Override
    protected List<String> keys() {
        return database.query("SELECT id FROM items").stream().map(List::getFirst).toList();
    }
}
