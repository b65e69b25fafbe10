package io.windrow.connectors.postgres;

import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceTraits;
import io.windrow.testkit.conformance.SourceConformance;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("server")
class PostgresConformanceTest extends SourceConformance {
    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(
            18,
            "CREATE TABLE t (id int PRIMARY KEY, v text)",
            "INSERT INTO t SELECT g, repeat('x', 200) FROM generate_series(1, 3000) g",
            "DELETE FROM t WHERE id % 11 = 3");

    @Override
    protected Source open(Context with) {
        return new PostgresSource(Drive.config(DATABASE.url(), StreamConfig.snapshot("public.*")), with, new SlotWatch.Stand());
    }

    @Override
    protected SourceTraits traits() {
        return new SourceTraits(Set.of(ReadMode.SNAPSHOT, ReadMode.INCREMENTAL, ReadMode.CDC), SourceTraits.Replay.POSITION, false, true);
    }

    @Override
    protected StreamName stream() {
        return new StreamName("public", "t");
    }

    @Override
    protected List<String> keys() {
        return DATABASE.query("SELECT id FROM t").stream().map(List::getFirst).toList();
    }
}
