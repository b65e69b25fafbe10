package io.windrow.connectors.jdbc.source;

import io.windrow.api.config.Secret;
import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceTraits;
import io.windrow.testkit.conformance.SourceConformance;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;

/** The source's traits are true of a SQLite file. */
class SqliteSourceConformanceTest extends SourceConformance {
    private SourceTable table;
    private List<String> keys;

    @BeforeEach
    void fill() {
        table = SourceTable.sqlite(context.temporaryFolder());
        table.run("CREATE TABLE t (id integer PRIMARY KEY, name text)",
                "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT i * 7, 'row ' || i FROM n");
        keys = table.texts("SELECT id FROM t");
    }

    @Override
    protected Source open(Context with) {
        return new JdbcSource(JdbcSourceConfig.of(Secret.of(table.url()), List.of()).sized(4, 1000, 300), with);
    }

    @Override
    protected SourceTraits traits() {
        return new SourceTraits(Set.of(ReadMode.SNAPSHOT, ReadMode.INCREMENTAL), SourceTraits.Replay.POSITION, false, true);
    }

    @Override
    protected StreamName stream() {
        return StreamName.of("t");
    }

    @Override
    protected List<String> keys() {
        return keys;
    }
}
