package io.windrow.connectors.jdbc.source;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.config.Secret;
import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceTraits;
import io.windrow.testkit.conformance.SourceConformance;
import io.windrow.testkit.mariadb.MariaServer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** The source's traits are true of MariaDB. */
@Tag("server")
class MariadbSourceConformanceTest extends SourceConformance {
    private SourceTable table;
    private List<String> keys;

    @BeforeEach
    void fill() {
        Optional<String> missing = MariaServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        table = SourceTable.mariadb("source_conformance");
        table.run("CREATE TABLE t (id int PRIMARY KEY, name varchar(40))",
                "INSERT INTO t SELECT seq * 7, concat('row ', seq) FROM seq_1_to_3000");
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
        return new StreamName("source_conformance", "t");
    }

    @Override
    protected List<String> keys() {
        return keys;
    }
}
