package io.windrow.benchmarks.fuzz;

import io.windrow.connectors.files.format.Format;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** All targets. The valid inputs come from a real server and from our own writers. */
public final class Targets implements AutoCloseable {
    private final PostgresDatabase database;
    private final List<Target> all = new ArrayList<>();

    /** Starts or takes the shared server and makes the valid inputs below the folder. */
    public Targets(Path folder) throws IOException, SQLException {
        database = PostgresDatabase.create(PostgresServer.shared(18));
        CopyTarget copy = CopyTarget.of(database);
        all.add(copy);
        all.add(TextTarget.pipeline(folder));
        all.add(TextTarget.ledger());
        all.add(TextTarget.manifest());
        all.add(StateTarget.in(folder));
        for (Format format : Format.values()) {
            all.add(FileTarget.of(format, copy, Files.createDirectories(folder.resolve(format.name()))));
        }
    }

    /** In the order in which they are run. */
    public List<Target> all() {
        return List.copyOf(all);
    }

    @Override
    public void close() {
        all.forEach(Target::close);
        database.close();
    }
}
