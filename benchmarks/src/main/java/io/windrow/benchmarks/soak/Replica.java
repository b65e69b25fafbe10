package io.windrow.benchmarks.soak;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a pipeline makes of the tables of {@link ChangeWriter}, read without any of Windrow's code. */
interface Replica extends AutoCloseable {
    /** A word for it, that can be part of a pipeline's name. */
    String name();

    /** The part of the pipeline file from {@code sink} on. */
    String sink();

    /**
     * All rows of a table as texts; empty if it is not there yet.
     *
     * @param columns as in {@link ChangeWriter#TABLES}
     * @param added columns that came later; one that the target lacks is null in all rows
     */
    List<List<@Nullable String>> rows(String table, List<String> columns, List<String> added) throws IOException, SQLException;

    /** Makes writing to it slow or impossible for a while. */
    void hold() throws SQLException;

    /** Ends {@link #hold}. May be called without. */
    void release() throws SQLException;

    @Override
    void close() throws SQLException;
}
