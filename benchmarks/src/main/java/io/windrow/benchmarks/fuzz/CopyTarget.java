package io.windrow.benchmarks.fuzz;

import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Catalog;
import io.windrow.connectors.postgres.catalog.CatalogReader;
import io.windrow.connectors.postgres.codec.BatchLimits;
import io.windrow.connectors.postgres.codec.ColumnPlan;
import io.windrow.connectors.postgres.codec.CopyDecoder;
import io.windrow.connectors.postgres.codec.TypeMapping;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Binary COPY of one column per type, as a real server sends it, then broken. */
public final class CopyTarget implements Target {
    static final StreamName NAME = new StreamName("public", "broken");
    private static final long MEMORY = 512L << 20;
    private static final List<String> TYPES = List.of(
            "bool", "int2", "int4", "int8", "float4", "float8", "numeric", "numeric(12,3)", "money", "text", "varchar(9)",
            "bytea", "uuid", "date", "time", "timetz", "timestamp", "timestamptz", "interval", "json", "jsonb", "xml",
            "inet", "cidr", "macaddr", "bit(5)", "varbit", "point", "tsvector", "int4[]", "text[]", "numeric[]",
            "int4range", "numrange", "int4multirange", "pg_lsn", "mood", "pair", "pair[]");
    private static final List<String> VALUES = List.of(
            "true", "-7", "123456789", "-9223372036854775808", "1.5", "'NaN'", "123456789.00012", "-99.125", "12.34",
            "'häy'", "'row'", "'\\x00ff7f'", "'0f14d0ab-9605-4a62-a9e4-5ed26688389b'", "'2026-02-28'", "'23:59:59.999999'",
            "'01:02:03+05'", "'2026-02-28 01:02:03.5'", "'1999-12-31 23:59:59+00'", "'1 year -3 days 00:00:01'",
            "'{\"a\":[1,null]}'", "'{\"a\":[1,null]}'", "'<a/>'", "'10.0.0.1/8'", "'10.1.0.0/16'", "'08:00:2b:01:02:03'",
            "B'10101'", "B'1'", "'(1,2)'", "'a fat cat'", "'{{1,2},{3,null}}'", "'{a,null,\"\"}'", "'{1.50,NaN}'",
            "'[1,9)'", "'(,5.5]'", "'{[1,3),[7,9)}'", "'16/B374D848'", "'sad'", "ROW(1,'x')::pair", "ARRAY[ROW(1,'x')::pair]");

    private final List<ColumnPlan> plans;
    private final List<byte[]> messages;

    private CopyTarget(List<ColumnPlan> plans, List<byte[]> messages) {
        this.plans = plans;
        this.messages = messages;
    }

    /** Makes the table in the database and copies it once. */
    public static CopyTarget of(PostgresDatabase database) throws SQLException {
        StringBuilder columns = new StringBuilder("id int4 PRIMARY KEY");
        for (int i = 0; i < TYPES.size(); i++) {
            columns.append(", c").append(i).append(' ').append(TYPES.get(i));
        }
        database.execute(
                "CREATE TYPE mood AS ENUM ('sad', 'glad')",
                "CREATE TYPE pair AS (a int4, b text)",
                "CREATE TABLE public.broken (" + columns + ")",
                "INSERT INTO public.broken SELECT i, " + String.join(", ", VALUES) + " FROM generate_series(1, 8) i",
                "INSERT INTO public.broken SELECT i FROM generate_series(9, 10) i");
        try (Connection connection = database.connect()) {
            Catalog catalog = CatalogReader.read(connection, List.of(NAME));
            List<ColumnPlan> plans = new TypeMapping(catalog.types(), catalog.server())
                    .plans(catalog.relations().getFirst().columns(), OutOfRange.NULL);
            CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY (SELECT "
                    + ColumnPlan.selectList(plans) + " FROM public.broken ORDER BY id) TO STDOUT (FORMAT binary)");
            List<byte[]> messages = new ArrayList<>();
            for (byte[] message; (message = copy.readFromCopy()) != null; ) {
                messages.add(message);
            }
            return new CopyTarget(plans, messages);
        }
    }

    @Override
    public String name() {
        return "copy";
    }

    List<ColumnPlan> plans() {
        return plans;
    }

    @Override
    public boolean feed(Random random) {
        List<byte[]> broken = new ArrayList<>(messages);
        Breakage breakage = new Breakage(random);
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            int at = random.nextInt(broken.size());
            switch (random.nextInt(8)) {
                case 0 -> broken.add(at, broken.get(random.nextInt(broken.size())));
                case 1 -> broken.add(at, new byte[random.nextInt(4)]);
                case 2 -> broken.subList(at + 1, broken.size()).clear();
                default -> broken.set(at, breakage.of(broken.get(at)));
            }
        }
        try (BufferAllocator allocator = new RootAllocator(MEMORY)) {
            return decode(broken, allocator, 1 + random.nextInt(5));
        }
    }

    /** The unbroken rows; the caller closes them. */
    VectorSchemaRoot rows(BufferAllocator allocator) {
        try (CopyDecoder decoder = new CopyDecoder(NAME, plans, new BatchLimits(100, 1 << 20), allocator)) {
            messages.forEach(message -> decoder.append(message, 0, message.length));
            return decoder.take();
        }
    }

    private boolean decode(List<byte[]> stream, BufferAllocator allocator, int batchRows) {
        long rows = 0;
        long fed = 0;
        try (CopyDecoder decoder = new CopyDecoder(NAME, plans, new BatchLimits(batchRows, 1 << 20), allocator)) {
            for (byte[] message : stream) {
                if (!decoder.fits(message.length)) {
                    rows += taken(decoder);
                }
                long before = decoder.received();
                decoder.append(message, 0, message.length);
                fed += decoder.received() - before;
            }
            rows += taken(decoder);
            if (rows != decoder.received() || rows != fed) {
                throw new AssertionError(rows + " rows came of " + decoder.received() + " that were received");
            }
            return decoder.ended();
        }
    }

    private static long taken(CopyDecoder decoder) {
        int wanted = decoder.rows();
        try (VectorSchemaRoot root = decoder.take()) {
            for (FieldVector vector : root.getFieldVectors()) {
                for (int row = 0; row < root.getRowCount(); row++) {
                    vector.getObject(row);
                }
            }
            if (root.getRowCount() != wanted) {
                throw new AssertionError(root.getRowCount() + " rows where " + wanted + " were decoded");
            }
            return root.getRowCount();
        }
    }

    @Override
    public void close() {
        // The database is the caller's.
    }
}
