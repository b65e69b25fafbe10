package io.windrow.demo;

import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * The eight tables of TPC-H in the schema {@code public}, each with its primary key. {@code orders} has one more
 * column, {@code updated_at timestamptz}, set by its default and by a trigger inside the writing transaction and never
 * by hand: what an incremental read with the conditional guarantee needs. The generator holds about 300 MB on the heap
 * while and after it runs.
 */
public final class TpchData {
    private static final int CHUNK = 1 << 16;

    private static final List<Table> TABLES = List.of(
            new Table(TpchTable.REGION, "r_regionkey", """
                    r_regionkey bigint NOT NULL, r_name varchar(25) NOT NULL, r_comment varchar(152)"""),
            new Table(TpchTable.NATION, "n_nationkey", """
                    n_nationkey bigint NOT NULL, n_name varchar(25) NOT NULL, n_regionkey bigint NOT NULL,
                    n_comment varchar(152)"""),
            new Table(TpchTable.SUPPLIER, "s_suppkey", """
                    s_suppkey bigint NOT NULL, s_name varchar(25) NOT NULL, s_address varchar(40) NOT NULL,
                    s_nationkey bigint NOT NULL, s_phone varchar(15) NOT NULL, s_acctbal numeric(15,2) NOT NULL,
                    s_comment varchar(101) NOT NULL"""),
            new Table(TpchTable.CUSTOMER, "c_custkey", """
                    c_custkey bigint NOT NULL, c_name varchar(25) NOT NULL, c_address varchar(40) NOT NULL,
                    c_nationkey bigint NOT NULL, c_phone varchar(15) NOT NULL, c_acctbal numeric(15,2) NOT NULL,
                    c_mktsegment varchar(10) NOT NULL, c_comment varchar(117) NOT NULL"""),
            new Table(TpchTable.PART, "p_partkey", """
                    p_partkey bigint NOT NULL, p_name varchar(55) NOT NULL, p_mfgr varchar(25) NOT NULL,
                    p_brand varchar(10) NOT NULL, p_type varchar(25) NOT NULL, p_size integer NOT NULL,
                    p_container varchar(10) NOT NULL, p_retailprice numeric(15,2) NOT NULL,
                    p_comment varchar(23) NOT NULL"""),
            new Table(TpchTable.PART_SUPPLIER, "ps_partkey, ps_suppkey", """
                    ps_partkey bigint NOT NULL, ps_suppkey bigint NOT NULL, ps_availqty integer NOT NULL,
                    ps_supplycost numeric(15,2) NOT NULL, ps_comment varchar(199) NOT NULL"""),
            new Table(TpchTable.ORDERS, "o_orderkey", """
                    o_orderkey bigint NOT NULL, o_custkey bigint NOT NULL, o_orderstatus char(1) NOT NULL,
                    o_totalprice numeric(15,2) NOT NULL, o_orderdate date NOT NULL,
                    o_orderpriority varchar(15) NOT NULL, o_clerk varchar(15) NOT NULL,
                    o_shippriority integer NOT NULL, o_comment varchar(79) NOT NULL,
                    updated_at timestamptz NOT NULL DEFAULT now()"""),
            new Table(TpchTable.LINE_ITEM, "l_orderkey, l_linenumber", """
                    l_orderkey bigint NOT NULL, l_partkey bigint NOT NULL, l_suppkey bigint NOT NULL,
                    l_linenumber integer NOT NULL, l_quantity numeric(15,2) NOT NULL,
                    l_extendedprice numeric(15,2) NOT NULL, l_discount numeric(15,2) NOT NULL,
                    l_tax numeric(15,2) NOT NULL, l_returnflag char(1) NOT NULL, l_linestatus char(1) NOT NULL,
                    l_shipdate date NOT NULL, l_commitdate date NOT NULL, l_receiptdate date NOT NULL,
                    l_shipinstruct varchar(25) NOT NULL, l_shipmode varchar(10) NOT NULL,
                    l_comment varchar(44) NOT NULL"""));

    private static final String TOUCH = """
            CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.updated_at := now();
                RETURN NEW;
            END $$;
            CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
            CREATE INDEX orders_updated_at ON orders (updated_at);
            """;

    private TpchData() {}

    /** The names of the tables, smallest first. */
    public static List<String> tables() {
        return TABLES.stream().map(table -> table.source().getTableName()).toList();
    }

    /**
     * Makes and fills all tables, over two connections.
     *
     * @param scale 1 is 8.7 million rows in all
     * @param loaded told {@code <table>: <rows> rows} as each is there, by either of two threads, one at a time
     * @return the number of rows by table, smallest table first
     */
    public static Map<String, Long> load(DemoDatabase database, double scale, Consumer<String> loaded) {
        Map<String, Long> rows = new LinkedHashMap<>();
        tables().forEach(name -> rows.put(name, 0L));
        // The greatest table takes as long as all others together.
        CompletableFuture<Void> greatest =
                CompletableFuture.runAsync(() -> fill(database, List.of(TABLES.getLast()), scale, loaded, rows));
        try {
            fill(database, TABLES.subList(0, TABLES.size() - 1), scale, loaded, rows);
            greatest.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof WindrowException known) {
                throw known;
            }
            throw e;
        }
        return rows;
    }

    /** Adds three customers that break the demo's contract: a telephone number, a segment and a balance that cannot be. */
    public static void plantBadRows(DemoDatabase database) {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            statement.execute("""
                    INSERT INTO customer VALUES
                      (900000001, 'Customer#900000001', 'Nowhere 1', 7, '0049 30 90182', 12.50, 'BUILDING', 'bad number'),
                      (900000002, 'Customer#900000002', 'Nowhere 2', 7, '17-555-014-0142', 12.50, 'SPACE', 'bad segment'),
                      (900000003, 'Customer#900000003', 'Nowhere 3', 7, '17-555-014-1234', 1000000, 'BUILDING', 'bad balance')""");
        } catch (SQLException e) {
            throw WindrowException.of(DemoError.DATABASE_FAILED, "Planting bad rows: " + e.getMessage(), e);
        }
    }

    private static void fill(
            DemoDatabase database, List<Table> tables, double scale, Consumer<String> loaded, Map<String, Long> rows) {
        String current = "";
        try (Connection connection = database.connect()) {
            for (Table table : tables) {
                current = table.source().getTableName();
                long count = copy(connection, table, scale);
                synchronized (rows) {
                    rows.put(current, count);
                    loaded.accept(current + ": " + count + " rows");
                }
            }
        } catch (SQLException | IOException e) {
            throw WindrowException.of(
                    DemoError.DATABASE_FAILED, "Loading table " + current + ": " + e.getMessage(), e);
        }
    }

    private static long copy(Connection connection, Table table, double scale) throws SQLException, IOException {
        String name = table.source().getTableName();
        List<String> columns = new ArrayList<>();
        table.source().getColumns().forEach(column -> columns.add(column.getColumnName()));
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + name + " (" + table.columns() + ")");
            CopyIn copy = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY " + name + " (" + String.join(", ", columns)
                            + ") FROM STDIN (FORMAT text, DELIMITER '|')");
            StringBuilder chunk = new StringBuilder(CHUNK + 1024);
            for (TpchEntity row : table.source().createGenerator(scale, 1, 1)) {
                String line = row.toLine();
                chunk.append(line, 0, line.length() - 1).append('\n');
                if (chunk.length() >= CHUNK) {
                    send(copy, chunk);
                }
            }
            send(copy, chunk);
            long rows = copy.endCopy();
            statement.execute("ALTER TABLE " + name + " ADD PRIMARY KEY (" + table.key() + ")");
            if (name.equals("orders")) {
                statement.execute(TOUCH);
            }
            statement.execute("ANALYZE " + name);
            return rows;
        }
    }

    private static void send(CopyIn copy, StringBuilder chunk) throws SQLException {
        byte[] bytes = chunk.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
        chunk.setLength(0);
    }

    /** How many rows each table holds now, smallest table first. */
    public static Map<String, Long> counts(DemoDatabase database) {
        Map<String, Long> counts = new LinkedHashMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (String name : tables()) {
                try (ResultSet result = statement.executeQuery("SELECT count(*) FROM " + name)) {
                    result.next();
                    counts.put(name, result.getLong(1));
                }
            }
        } catch (SQLException e) {
            throw WindrowException.of(DemoError.DATABASE_FAILED, "Counting rows: " + e.getMessage(), e);
        }
        return counts;
    }

    private record Table(TpchTable<? extends TpchEntity> source, String key, String columns) {}
}
