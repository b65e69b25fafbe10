package io.windrow.connectors.postgres.codec;

import io.trino.tpch.LineItem;
import io.trino.tpch.LineItemGenerator;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Catalog;
import io.windrow.connectors.postgres.catalog.CatalogReader;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/**
 * Measures, per million lineitem rows: L (drain COPY binary through the driver to nowhere), the same with the decoder, and the
 * decoder alone on rows held in memory. Argument: the TPC-H scale (default 0.1, 600 000 rows).
 */
public final class DecodeCost {
    private static final StreamName NAME = new StreamName("public", "lineitem");
    private static final BatchLimits LIMITS = new BatchLimits(16_384, 8 << 20);

    private DecodeCost() {}

    public static void main(String[] args) throws Exception {
        double scale = args.length > 0 ? Double.parseDouble(args[0]) : 0.1;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 7;
        try (PostgresDatabase database = PostgresDatabase.create(PostgresServer.shared(18));
                Connection connection = database.connect()) {
            load(connection, scale);
            Catalog catalog = CatalogReader.read(connection, List.of(NAME));
            List<ColumnPlan> plans = new TypeMapping(catalog.types(), catalog.server())
                    .plans(catalog.relations().get(0).columns(), OutOfRange.FAIL);
            String copy = "COPY (SELECT " + ColumnPlan.selectList(plans) + " FROM public.lineitem) TO STDOUT (FORMAT binary)";
            List<byte[]> messages = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                measured("drain", () -> drain(connection, copy));
                measured("drain+decode", () -> decode(connection, copy, plans));
            }
            long kept = 0;
            CopyOut out = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(copy);
            for (byte[] message; (message = out.readFromCopy()) != null; ) {
                if (kept++ < 600_000 || message.length == 2) {
                    messages.add(message);
                }
            }
            for (int i = 0; i < rounds; i++) {
                measured("decode alone", () -> decode(messages, plans));
            }
        }
    }

    private interface Work {
        long run() throws SQLException;
    }

    private static void measured(String what, Work work) throws SQLException {
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long wall = System.nanoTime();
        long rows = work.run();
        double millions = rows / 1e6;
        System.out.printf(
                Locale.ROOT,
                "%-13s %,d rows: wall %.3f s, thread CPU %.3f s per million%n",
                what,
                rows,
                (System.nanoTime() - wall) / 1e9 / millions,
                (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e9 / millions);
    }

    private static long drain(Connection connection, String copy) throws SQLException {
        CopyOut out = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(copy);
        long rows = -1;
        while (out.readFromCopy() != null) {
            rows++;
        }
        return rows;
    }

    private static long decode(Connection connection, String copy, List<ColumnPlan> plans) throws SQLException {
        try (BufferAllocator allocator = new RootAllocator();
                CopyDecoder decoder = new CopyDecoder(NAME, plans, LIMITS, allocator)) {
            CopyOut out = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(copy);
            for (byte[] message; (message = out.readFromCopy()) != null; ) {
                if (!decoder.fits(message.length)) {
                    decoder.take().close();
                }
                decoder.append(message, 0, message.length);
            }
            decoder.take().close();
            return decoder.received();
        }
    }

    private static long decode(List<byte[]> messages, List<ColumnPlan> plans) {
        try (BufferAllocator allocator = new RootAllocator();
                CopyDecoder decoder = new CopyDecoder(NAME, plans, LIMITS, allocator)) {
            for (byte[] message : messages) {
                if (!decoder.fits(message.length)) {
                    decoder.take().close();
                }
                decoder.append(message, 0, message.length);
            }
            decoder.take().close();
            return decoder.received();
        }
    }

    private static void load(Connection connection, double scale) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    """
                    CREATE UNLOGGED TABLE public.lineitem (
                      l_orderkey bigint NOT NULL, l_partkey bigint NOT NULL, l_suppkey bigint NOT NULL,
                      l_linenumber int NOT NULL, l_quantity numeric(15,2) NOT NULL, l_extendedprice numeric(15,2) NOT NULL,
                      l_discount numeric(15,2) NOT NULL, l_tax numeric(15,2) NOT NULL, l_returnflag char(1) NOT NULL,
                      l_linestatus char(1) NOT NULL, l_shipdate date NOT NULL, l_commitdate date NOT NULL,
                      l_receiptdate date NOT NULL, l_shipinstruct varchar(25) NOT NULL, l_shipmode varchar(10) NOT NULL,
                      l_comment varchar(44) NOT NULL)""");
            CopyIn in = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY public.lineitem FROM STDIN (DELIMITER '|')");
            StringBuilder text = new StringBuilder();
            for (LineItem item : new LineItemGenerator(scale, 1, 1)) {
                text.append(item.toLine(), 0, item.toLine().length()).append('\n');
                if (text.length() > 1 << 16) {
                    byte[] bytes = text.toString().replace("|\n", "\n").getBytes(StandardCharsets.UTF_8);
                    in.writeToCopy(bytes, 0, bytes.length);
                    text.setLength(0);
                }
            }
            byte[] bytes = text.toString().replace("|\n", "\n").getBytes(StandardCharsets.UTF_8);
            in.writeToCopy(bytes, 0, bytes.length);
            in.endCopy();
            statement.execute("VACUUM (FREEZE, ANALYZE) public.lineitem");
        }
    }
}
