package io.windrow.connectors.files.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.trino.tpch.LineItem;
import io.trino.tpch.LineItemGenerator;
import io.windrow.api.schema.ArrowTypes;
import java.math.BigDecimal;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Iterator;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class LineitemFileTest {
    private static final double SCALE = 0.02;

    @TempDir
    Path folder;

    @Test
    void duckdbFindsTheSameCountsSumsAndExtremesAndTheFileIsNoLargerThanItsOwn() throws Exception {
        Path file = folder.resolve("lineitem.parquet");
        ParquetWritten written;
        try (BufferAllocator allocator = new RootAllocator();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(LineitemBenchmark.schema()), allocator);
                ParquetFileWriter writer = new ParquetFileWriter(LineitemBenchmark.schema(),
                        ParquetOptions.defaults().rowGroupRows(50_000), ParquetOutput.of(channel))) {
            Iterator<LineItem> items = new LineItemGenerator(SCALE, 1, 1).iterator();
            while (LineitemBenchmark.fill(items, root, 8192) > 0) {
                setCounts(root);
                writer.write(root);
            }
            written = writer.finish();
        }
        long rows = 0;
        long price = 0;
        long tax = 0;
        long lengths = 0;
        long orders = 0;
        int first = Integer.MAX_VALUE;
        int last = Integer.MIN_VALUE;
        long returned = 0;
        for (LineItem item : new LineItemGenerator(SCALE, 1, 1)) {
            rows++;
            price += item.extendedPriceInCents();
            tax += item.taxPercent();
            lengths += item.comment().length() + item.shipMode().length() + item.shipInstructions().length();
            orders += item.orderKey();
            first = Math.min(first, item.shipDate());
            last = Math.max(last, item.shipDate());
            returned += item.returnFlag().equals("R") ? 1 : 0;
        }
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            try (ResultSet r = statement.executeQuery("select count(*), sum(extendedprice), sum(tax),"
                    + " sum(length(comment) + length(shipmode) + length(shipinstruct)), sum(orderkey),"
                    + " min(shipdate) - date '1970-01-01', max(shipdate) - date '1970-01-01',"
                    + " count(*) filter (where returnflag = 'R') from '" + file + "'")) {
                assertThat(r.next()).isTrue();
                assertThat(r.getLong(1)).isEqualTo(rows).isEqualTo(written.rows());
                assertThat(r.getBigDecimal(2)).isEqualByComparingTo(BigDecimal.valueOf(price, 2));
                assertThat(r.getBigDecimal(3)).isEqualByComparingTo(BigDecimal.valueOf(tax, 2));
                assertThat(r.getLong(4)).isEqualTo(lengths);
                assertThat(r.getLong(5)).isEqualTo(orders);
                assertThat(r.getLong(6)).isEqualTo(first);
                assertThat(r.getLong(7)).isEqualTo(last);
                assertThat(r.getLong(8)).isEqualTo(returned);
            }
            try (ResultSet r = statement.executeQuery("select count(*) from '" + file + "' a where not exists"
                    + " (select 1 from parquet_metadata('" + file + "') where path_in_schema = 'comment'"
                    + " and a.comment between stats_min_value and stats_max_value)")) {
                assertThat(r.next()).isTrue();
                assertThat(r.getLong(1)).isZero();
            }
            Path own = folder.resolve("duckdb.parquet");
            statement.execute("copy (select * from '" + file + "') to '" + own + "' (format parquet, codec zstd)");
            assertThat(Files.size(file)).isLessThan(Files.size(own) * 115 / 100);
        }
        try (FileChannel channel = FileChannel.open(file)) {
            assertThat(ParquetReadBack.prove(ParquetInput.of(channel), LineitemBenchmark.schema(), written).pages())
                    .isGreaterThanOrEqualTo(16);
        }
    }

    private static void setCounts(VectorSchemaRoot root) {
        root.getFieldVectors().forEach(vector -> vector.setValueCount(root.getRowCount()));
    }
}
