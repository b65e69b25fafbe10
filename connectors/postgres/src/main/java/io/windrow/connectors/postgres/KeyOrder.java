package io.windrow.connectors.postgres;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.connectors.postgres.CopyPlace.Key;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.codec.ColumnPlan;
import io.windrow.connectors.postgres.codec.LogForm;
import io.windrow.connectors.postgres.pgoutput.Tuple;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The order of a table's keys as its database has it, in which ranges of them are read. Whole numbers and UUIDs are compared
 * here, as their stored bytes are, and so is text of a collation that does the same; everything else by the database, by the
 * column's own collation (D37).
 */
final class KeyOrder {
    private static final Pattern UUIDS = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final StreamShape shape;
    private final List<Form> forms;
    /** For each key column what makes a text one of its collation, in SQL. */
    private final List<String> collations;

    private KeyOrder(StreamShape shape, List<Form> forms, List<String> collations) {
        this.shape = shape;
        this.forms = List.copyOf(forms);
        this.collations = List.copyOf(collations);
    }

    /** What the log holds of a key column. */
    private enum Form {
        WHOLE,
        UUID,
        /** Its text; the database compares. */
        TEXT,
        /** Its text, which sorts as its bytes do. */
        BYTES
    }

    /** Asks the database a question that one row with one column answers. */
    interface Database {
        String ask(String sql);
    }

    /** The order of the stream's keys; empty: it has none, or one that is not known here, or several rows may have one key. */
    static Optional<KeyOrder> of(StreamShape shape) {
        Set<String> key = Set.copyOf(shape.schema().key());
        if (shape.relation().stream().flatMap(relation -> relation.keys().stream()).noneMatch(one -> Set.copyOf(one.columns()).equals(key))) {
            return Optional.empty();
        }
        List<Form> forms = new ArrayList<>();
        for (String name : shape.schema().key()) {
            ColumnPlan plan = shape.plans().get(shape.schema().indexOf(name));
            Optional<Form> form = form(plan);
            if (form.isEmpty() || plan.column().nullable()) {
                return Optional.empty();
            }
            forms.add(form.get());
        }
        return forms.isEmpty() ? Optional.empty() : Optional.of(new KeyOrder(shape, forms, forms.stream().map(form -> "").toList()));
    }

    /** The same with the columns' collations: keys are compared without a look at the table, which somebody may have locked. */
    KeyOrder collatedBy(Session session) throws SQLException {
        List<String> found = new ArrayList<>();
        List<Form> known = new ArrayList<>(forms);
        for (int i = 0; i < forms.size(); i++) {
            if (forms.get(i) == Form.TEXT) {
                String column = shape.schema().key().get(i);
                List<@Nullable String> collation = session.row(collation(column));
                found.add(" COLLATE " + (collation.isEmpty() ? "" : collation.getFirst()));
                // That of character(n) passes over spaces at the end.
                String type = shape.schema().columns().get(shape.schema().indexOf(column)).sourceType();
                boolean plain = type.equals("text") || type.startsWith("character varying");
                if (plain && !collation.isEmpty() && "t".equals(collation.get(1))) {
                    known.set(i, Form.BYTES);
                }
            } else {
                found.add("");
            }
        }
        return new KeyOrder(shape, known, found);
    }

    private String collation(String column) {
        String bytes = "(%1$s = 'b' OR %1$s = 'c' AND %2$s IN ('C', 'POSIX'))";
        return "SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.collname),"
                + " pg_catalog.current_setting('server_encoding') = 'UTF8' AND CASE WHEN c.collprovider = 'd' THEN (SELECT "
                + bytes.formatted("coalesce(pg_catalog.to_jsonb(d) ->> 'datlocprovider', 'c')", "d.datcollate")
                + " FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) ELSE "
                + bytes.formatted("c.collprovider", "c.collcollate") + " END"
                + " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation"
                + " JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace WHERE a.attrelid = "
                + Identifier.literal(Identifier.quoted(shape.stream())) + "::pg_catalog.regclass AND a.attname = "
                + Identifier.literal(column);
    }

    private static Optional<Form> form(ColumnPlan plan) {
        Column column = plan.column();
        String type = column.sourceType();
        if (plan.logForm() != LogForm.BINARY) {
            return Optional.empty();
        }
        return switch (column.type()) {
            case ColumnType.Int ignored when List.of("smallint", "integer", "bigint").contains(type) -> Optional.of(Form.WHOLE);
            case ColumnType.Uuid ignored when type.equals("uuid") -> Optional.of(Form.UUID);
            case ColumnType.Text ignored when type.equals("text") || type.startsWith("character") -> Optional.of(Form.TEXT);
            default -> Optional.empty();
        };
    }

    /**
     * The key of a row.
     *
     * @param row the row
     * @param before holds the cells that did not change and were not sent
     * @param columnOf for each cell the stream's column, or −1
     */
    Key key(Tuple row, @Nullable Tuple before, int[] columnOf) {
        List<String> values = new ArrayList<>();
        for (String name : shape.schema().key()) {
            int cell = 0;
            while (columnOf[cell] != shape.schema().indexOf(name)) {
                cell++;
            }
            values.add(text(forms.get(values.size()), row.kind(cell) == Tuple.UNCHANGED && before != null ? before : row, cell));
        }
        return new Key(values);
    }

    /** A value as the database writes it. */
    private static String text(Form form, Tuple row, int cell) {
        ByteBuffer bytes = ByteBuffer.wrap(row.bytes(), row.offset(cell), row.length(cell));
        return switch (row.kind(cell) == Tuple.TEXT ? Form.TEXT : form) {
            case TEXT, BYTES -> new String(row.bytes(), row.offset(cell), row.length(cell), StandardCharsets.UTF_8);
            case UUID -> new UUID(bytes.getLong(), bytes.getLong()).toString();
            case WHOLE -> switch (row.length(cell)) {
                case 2 -> Short.toString(bytes.getShort());
                case 4 -> Integer.toString(bytes.getInt());
                default -> Long.toString(bytes.getLong());
            };
        };
    }

    /** Whether a key lies at or below a bound. */
    boolean isWithin(Key key, Key bound, Database database) {
        if (key.equals(bound)) {
            return true;
        }
        for (int i = 0; i < forms.size(); i++) {
            String one = key.values().get(i);
            String other = bound.values().get(i);
            int by = switch (forms.get(i)) {
                case WHOLE -> Long.compare(Long.parseLong(one), Long.parseLong(other));
                // Hexadecimal digits of one case sort as the bytes that they stand for.
                case UUID -> one.compareTo(other);
                case BYTES -> Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
                case TEXT -> 0;
            };
            if (forms.get(i) == Form.TEXT) {
                return database.ask(question(key, bound)).equals("t");
            }
            if (by != 0) {
                return by < 0;
            }
        }
        return true;
    }

    private String question(Key key, Key bound) {
        List<String> collated = new ArrayList<>();
        for (int i = 0; i < forms.size(); i++) {
            collated.add(literal(key, i) + collations.get(i));
        }
        return "SELECT (" + String.join(", ", collated) + ") <= (" + literals(bound) + ")";
    }

    /** The condition, in SQL, that a row's key lies behind a bound. */
    String behind(Key bound) {
        return "(" + columns() + ") > (" + literals(bound) + ")";
    }

    /** The condition, in SQL, that a row's key lies at or below a bound. */
    String upTo(Key bound) {
        return "(" + columns() + ") <= (" + literals(bound) + ")";
    }

    /** A query for the last key of the next {@code rows} rows behind a bound, as JSON; no row if there are not as many. */
    String end(Optional<Key> bound, long rows) {
        return "SELECT pg_catalog.json_build_array("
                + shape.schema().key().stream()
                        .map(name -> Identifier.quoted(name) + "::pg_catalog.text")
                        .collect(Collectors.joining(", "))
                + ")::pg_catalog.text FROM " + shape.from() + bound.map(key -> " WHERE " + behind(key)).orElse("")
                + " ORDER BY " + columns() + " OFFSET " + (rows - 1) + " LIMIT 1";
    }

    /** The condition, in SQL, that a row's key is one of some. */
    String among(List<Key> keys) {
        return "(" + columns() + ") IN (" + keys.stream().map(key -> "(" + literals(key) + ")").collect(Collectors.joining(", ")) + ")";
    }

    /** A query for those of some keys of which there is a row, as the database writes them and in its order. */
    String present(List<Key> keys) {
        return "SELECT " + columns() + " FROM " + shape.from() + " WHERE " + among(keys) + " ORDER BY " + columns();
    }

    /** A query for keys as the database writes them, in the order in which they are given. */
    String written(List<Key> keys) {
        List<String> rows = new ArrayList<>();
        for (Key key : keys) {
            rows.add("(" + rows.size() + ", " + literals(key) + ")");
        }
        return "SELECT * FROM (VALUES " + String.join(", ", rows) + ") AS k ORDER BY 1";
    }

    /** A query for the key columns whose collation takes texts for one that have other bytes. */
    String vague() {
        return "SELECT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation"
                + " WHERE a.attrelid = " + Identifier.literal(Identifier.quoted(shape.stream())) + "::pg_catalog.regclass"
                + " AND NOT c.collisdeterministic AND a.attname IN ("
                + shape.schema().key().stream().map(Identifier::literal).collect(Collectors.joining(", ")) + ")";
    }

    /** Whether these are values of the key's columns, as {@link #written} gives them. */
    boolean isKey(Key key) {
        if (key.values().size() != forms.size()) {
            return false;
        }
        for (int i = 0; i < forms.size(); i++) {
            String value = key.values().get(i);
            boolean fits = switch (forms.get(i)) {
                case WHOLE -> isWhole(value, shape.column(shape.schema().key().get(i)).base());
                case UUID -> UUIDS.matcher(value).matches();
                case TEXT, BYTES -> true;
            };
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    /** Whether a key is another as the database writes it, whose texts may have got spaces at their end (character). */
    boolean isSame(Key given, Key written) {
        for (int i = 0; i < forms.size(); i++) {
            boolean text = forms.get(i) == Form.TEXT || forms.get(i) == Form.BYTES;
            String type = shape.schema().columns().get(shape.schema().indexOf(shape.schema().key().get(i))).sourceType();
            boolean padded = type.startsWith("character") && !type.startsWith("character varying");
            String one = given.values().get(i);
            String other = written.values().get(i);
            if (text && !(padded ? one.stripTrailing().equals(other.stripTrailing()) : one.equals(other))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWhole(String value, String type) {
        try {
            long number = Long.parseLong(value);
            return Long.toString(number).equals(value) && switch (type) {
                case "smallint" -> number == (short) number;
                case "integer" -> number == (int) number;
                default -> true;
            };
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private String columns() {
        return shape.schema().key().stream().map(Identifier::quoted).collect(Collectors.joining(", "));
    }

    private String literals(Key key) {
        List<String> literals = new ArrayList<>();
        for (int i = 0; i < forms.size(); i++) {
            literals.add(literal(key, i));
        }
        return String.join(", ", literals);
    }

    private String literal(Key key, int i) {
        return shape.literal(shape.schema().key().get(i), key.values().get(i));
    }
}
