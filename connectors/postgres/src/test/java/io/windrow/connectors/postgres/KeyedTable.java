package io.windrow.connectors.postgres;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/** A table u with a number n behind keys of several kinds, and who writes into it. */
record KeyedTable(PostgresDatabase db) {
    /** How keys are written; the database sorts some of them otherwise than Java does. */
    enum Keys {
        WHOLE("id int", 1),
        TEXT("id text COLLATE german", 1),
        UUID("id uuid", 1),
        COMPOSITE("id varchar(20) COLLATE german, part bigint", 2);

        final String columns;
        final int count;

        Keys(String columns, int count) {
            this.columns = columns;
            this.count = count;
        }

        /** The key with a number, as SQL. */
        String sql(String i) {
            String text = "(CASE WHEN " + i + " % 2 = 0 THEN upper(to_hex(" + i + ")) ELSE to_hex(" + i + ") || '_ä ''' END)";
            return switch (this) {
                case WHOLE -> i + " - 500";
                case TEXT -> text;
                case UUID -> "md5((" + i + ")::text)::uuid";
                case COMPOSITE -> text + ", " + i + " % 7 - 3";
            };
        }

        /** The key as a batch holds it, as SQL. */
        String shown() {
            return this == UUID ? "(SELECT '[' || string_agg(((get_byte(uuid_send(id), n) + 128) % 256 - 128)::text, ', ' ORDER BY n) || ']' FROM generate_series(0, 15) n)"
                    : names();
        }

        String names() {
            return count == 1 ? "id" : "id, part";
        }
    }

    /** The table, with 3000 rows. */
    void create(Keys keys) {
        db.execute(
                "DROP TABLE IF EXISTS u", "CREATE COLLATION IF NOT EXISTS german (provider = icu, locale = 'de-DE')",
                "CREATE TABLE u (" + keys.columns + ", n int, PRIMARY KEY (" + keys.names() + "))",
                "INSERT INTO u SELECT " + keys.sql("i") + ", 0 FROM generate_series(1, 3000) i");
    }

    /** Writes whatever comes to its mind until it is told to stop; each writer has keys of its own. */
    void write(long seed, int writer, Keys keys, AtomicBoolean enough) throws SQLException {
        Random random = new Random(seed);
        try (Connection connection = db.connect(); Statement statement = connection.createStatement()) {
            while (!enough.get()) {
                // Transactions overlap, and the machine is left to the reader now and then.
                StringBuilder sql = new StringBuilder("BEGIN; SELECT pg_sleep(0.004);");
                for (int i = random.nextInt(4); i >= 0; i--) {
                    switch (random.nextInt(6)) {
                        case 0 -> sql.append("SAVEPOINT a;").append(change(random, writer, keys)).append("ROLLBACK TO a;");
                        case 1 -> sql.append("SAVEPOINT b;").append(change(random, writer, keys)).append("RELEASE b;");
                        default -> sql.append(change(random, writer, keys));
                    }
                }
                statement.execute(sql.append(random.nextInt(6) == 0 ? "ROLLBACK" : "COMMIT").toString());
            }
        }
    }

    private static String change(Random random, int writer, Keys keys) {
        String key = keys.sql(Integer.toString(random.nextInt(1_700) * 2 + writer));
        String other = keys.sql(Integer.toString(random.nextInt(1_700) * 2 + writer));
        String is = "(" + keys.names() + ") = (" + key + ")";
        return switch (random.nextInt(4)) {
            case 0 -> "INSERT INTO u VALUES (" + key + ", 0) ON CONFLICT DO NOTHING;";
            case 1 -> "UPDATE u SET n = n + 1 WHERE " + is + ";";
            case 2 -> "DELETE FROM u WHERE " + is + ";";
            default -> "UPDATE u SET (" + keys.names() + ", n) = (" + other + ", n + 1000) WHERE " + is
                    + " AND NOT EXISTS (SELECT FROM u WHERE (" + keys.names() + ") = (" + other + "));";
        };
    }

    /** The rows as the texts of changes have them: what is not of the key, by the key. */
    Map<String, String> rows(Keys keys) throws SQLException {
        Map<String, String> rows = new HashMap<>();
        try (Connection connection = db.connect(); Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT concat_ws('|', " + keys.shown() + "), n FROM u")) {
            while (found.next()) {
                rows.put(found.getString(1), found.getString(2));
            }
        }
        return rows;
    }
}
