package io.windrow.connectors.jdbc;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class DuckdbEveryTypeTest extends EveryTypeSuite {
    @TempDir
    Path folder;

    @Override
    protected String url() {
        return "jdbc:duckdb:" + folder.resolve("target.duckdb");
    }

    @Override
    protected double[] floats() {
        return new double[] {0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, 0.1};
    }

    @Override
    protected long[] moments() {
        return new long[] {-210_863_520_000_000_000L, 9_214_646_400_000_000_000L};
    }
}
