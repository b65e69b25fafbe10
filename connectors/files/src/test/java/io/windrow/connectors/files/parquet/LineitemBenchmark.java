package io.windrow.connectors.files.parquet;

import com.sun.management.OperatingSystemMXBean;
import io.trino.tpch.LineItem;
import io.trino.tpch.LineItemGenerator;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * CPU seconds per million lineitem rows and file size, beside DuckDB writing the same rows. Not a test: run main with
 * scale factor, Zstandard level, batch rows, rounds and {@code duckdb} as arguments.
 */
public final class LineitemBenchmark {
    private static final String[] NAMES = {"orderkey", "partkey", "suppkey", "linenumber", "quantity", "extendedprice",
        "discount", "tax", "returnflag", "linestatus", "shipdate", "commitdate", "receiptdate", "shipinstruct", "shipmode",
        "comment"};

    private LineitemBenchmark() {}

    static StreamSchema schema() {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < NAMES.length; i++) {
            ColumnType type = i < 3 ? new ColumnType.Int(64, true) : i == 3 ? new ColumnType.Int(32, true)
                    : i < 8 ? new ColumnType.Decimal(15, 2) : i >= 10 && i < 13 ? new ColumnType.Date()
                    : new ColumnType.Text();
            columns.add(new Column(i + 1, NAMES[i], type, i % 2 == 1, "tpch"));
        }
        return RandomRows.schema(columns);
    }

    /** Fills a batch; returns its rows, 0 at the end. */
    static int fill(Iterator<LineItem> items, VectorSchemaRoot root, int rows) {
        int n = 0;
        for (; n < rows && items.hasNext(); n++) {
            LineItem item = items.next();
            ((BigIntVector) root.getVector(0)).setSafe(n, item.orderKey());
            ((BigIntVector) root.getVector(1)).setSafe(n, item.partKey());
            ((BigIntVector) root.getVector(2)).setSafe(n, item.supplierKey());
            ((IntVector) root.getVector(3)).setSafe(n, item.lineNumber());
            ((DecimalVector) root.getVector(4)).setSafe(n, item.quantity() * 100);
            ((DecimalVector) root.getVector(5)).setSafe(n, item.extendedPriceInCents());
            ((DecimalVector) root.getVector(6)).setSafe(n, item.discountPercent());
            ((DecimalVector) root.getVector(7)).setSafe(n, item.taxPercent());
            text(root, 8, n, item.returnFlag());
            text(root, 9, n, item.status());
            ((DateDayVector) root.getVector(10)).setSafe(n, item.shipDate());
            ((DateDayVector) root.getVector(11)).setSafe(n, item.commitDate());
            ((DateDayVector) root.getVector(12)).setSafe(n, item.receiptDate());
            text(root, 13, n, item.shipInstructions());
            text(root, 14, n, item.shipMode());
            text(root, 15, n, item.comment());
        }
        root.setRowCount(n);
        return n;
    }

    private static void text(VectorSchemaRoot root, int column, int row, String value) {
        ((VarCharVector) root.getVector(column)).setSafe(row, value.getBytes(StandardCharsets.UTF_8));
    }

    /** See the class comment. */
    public static void main(String[] arguments) throws Exception {
        double scale = Double.parseDouble(arguments[0]);
        int level = Integer.parseInt(arguments[1]);
        int batchRows = Integer.parseInt(arguments[2]);
        int rounds = Integer.parseInt(arguments[3]);
        Path file = Files.createTempFile("lineitem", ".parquet");
        OperatingSystemMXBean os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var threads = ManagementFactory.getThreadMXBean();
        try (BufferAllocator allocator = new RootAllocator()) {
            List<VectorSchemaRoot> batches = new ArrayList<>();
            Iterator<LineItem> items = new LineItemGenerator(scale, 1, 1).iterator();
            long rows = 0;
            while (true) {
                VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema()), allocator);
                int n = fill(items, root, batchRows);
                rows += n;
                if (n == 0) {
                    root.close();
                    break;
                }
                batches.add(root);
            }
            for (int round = 0; round < rounds; round++) {
                long cpu = os.getProcessCpuTime();
                long thread = threads.getCurrentThreadCpuTime();
                long wall = System.nanoTime();
                ParquetWritten written;
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE,
                                StandardOpenOption.TRUNCATE_EXISTING);
                        ParquetFileWriter writer = new ParquetFileWriter(schema(),
                                level == 0 ? ParquetOptions.defaults().codec(ParquetCodec.NONE)
                                        : ParquetOptions.defaults().zstdLevel(level), ParquetOutput.of(channel))) {
                    for (VectorSchemaRoot root : batches) {
                        writer.write(root);
                    }
                    written = writer.finish();
                }
                print("ours level " + level, rows, os.getProcessCpuTime() - cpu, threads.getCurrentThreadCpuTime() - thread,
                        System.nanoTime() - wall, written.bytes());
            }
            System.out.printf(Locale.ROOT, "heap held by a writer whose row group is nearly full: %.1f MB%n",
                    heapHeld(batches) / 1e6);
            batches.forEach(VectorSchemaRoot::close);
            if (arguments.length > 4) {
                duckdb(file, rows, os);
            }
        } finally {
            Files.delete(file);
        }
    }

    /** Live heap after a collection, with a writer that holds its largest row group, less that without it. */
    private static long heapHeld(List<VectorSchemaRoot> batches) {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        long before = runtime.totalMemory() - runtime.freeMemory();
        ParquetOptions options = ParquetOptions.defaults();
        try (ParquetFileWriter writer = new ParquetFileWriter(schema(), options, bytes -> bytes.position(bytes.limit()))) {
            for (VectorSchemaRoot root : batches) {
                writer.write(root);
                if (writer.bufferedBytes() > options.rowGroupBytes() * 9 / 10) {
                    break;
                }
            }
            System.gc();
            return runtime.totalMemory() - runtime.freeMemory() - before;
        }
    }

    private static void duckdb(Path file, long rows, OperatingSystemMXBean os) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("create table l as select * from '" + file + "'");
            statement.execute("set preserve_insertion_order = false");
            for (int i = 0; i < 3; i++) {
                long cpu = os.getProcessCpuTime();
                long wall = System.nanoTime();
                statement.execute("copy l to '" + file + ".duckdb' (format parquet, codec zstd)");
                print("duckdb", rows, os.getProcessCpuTime() - cpu, 0, System.nanoTime() - wall,
                        Files.size(Path.of(file + ".duckdb")));
            }
            Files.delete(Path.of(file + ".duckdb"));
            try (var result = statement.executeQuery("select path_in_schema, compression, string_agg(distinct encodings),"
                    + " sum(total_compressed_size), sum(total_uncompressed_size) from parquet_metadata('" + file
                    + "') group by all order by 4 desc")) {
                while (result.next()) {
                    System.out.printf(Locale.ROOT, "%-14s %-12s %-30s %11d %11d%n", result.getString(1), result.getString(2),
                            result.getString(3), result.getLong(4), result.getLong(5));
                }
            }
        }
    }

    private static void print(String what, long rows, long cpu, long thread, long wall, long bytes) {
        System.out.printf(Locale.ROOT, "%-14s rows %d  process CPU s/M %.3f  thread CPU s/M %.3f  wall s/M %.3f  bytes %d (%.2f a row)%n",
                what, rows, cpu / 1e3 / rows, thread / 1e3 / rows, wall / 1e3 / rows, bytes, (double) bytes / rows);
    }
}
