package io.windrow.connectors.jdbc;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteEveryTypeTest extends EveryTypeSuite {
    @TempDir
    Path folder;

    @Override
    protected String url() {
        return "jdbc:sqlite:" + folder.resolve("target.db");
    }

    @Override
    protected double[] floats() {
        return new double[] {0.0, -1.5, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, 0.1};
    }

    @Override
    protected long[] moments() {
        return new long[] {Long.MIN_VALUE, Long.MAX_VALUE};
    }

    @Test
    void floatsThatSqliteWouldMakeOthersOfAreRefused() {
        refused(-0.0);
        refused(Double.NaN);
    }
}
