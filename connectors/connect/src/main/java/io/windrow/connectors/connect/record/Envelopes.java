package io.windrow.connectors.connect.record;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.host.ConnectError;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a Debezium connector. The records of a table share one form, which is looked at once: what a row costs here is
 * cost of every row. One thread.
 */
final class Envelopes implements Records {
    /** More forms than that are not remembered: a connector that makes a new one for each record would fill the memory. */
    private static final int MOST_FORMS = 1_000;

    private final Map<Schema, Form> forms = new IdentityHashMap<>();
    /** The newest transaction's id and its number, which all of its rows share. */
    private @Nullable String gtid;
    private Optional<Long> number = Optional.empty();

    /** What a record of a form is. */
    private sealed interface Form {
        /** A sign of life. */
        record Heartbeat() implements Form {}

        /** A statement about tables. */
        record Statement() implements Form {}

        /** Neither of these nor a row. */
        record Unknown(String kind) implements Form {}

        /** A row. */
        record Row(Field op, Field source, Optional<Field> before, Optional<Field> after, Origin origin) implements Form {}
    }

    @Override
    public Change read(SourceRecord record) {
        if (!(record.value() instanceof Struct value)) {
            if (record.value() == null) {
                return new Change.Nothing();
            }
            throw unknown(record, "a value that is no structure");
        }
        return switch (form(value.schema())) {
            case Form.Heartbeat ignored -> new Change.Moved();
            case Form.Statement ignored -> altered(value);
            case Form.Unknown form -> throw unknown(record, "a value of the kind " + form.kind());
            case Form.Row form -> row(record, value, form);
        };
    }

    private Form form(Schema schema) {
        Form known = forms.get(schema);
        if (known == null) {
            if (forms.size() == MOST_FORMS) {
                forms.clear();
            }
            known = formOf(schema);
            forms.put(schema, known);
        }
        return known;
    }

    private static Form formOf(Schema schema) {
        String kind = String.valueOf(schema.name());
        if (kind.endsWith(".Heartbeat")) {
            return new Form.Heartbeat();
        }
        if (kind.endsWith(".SchemaChangeValue")) {
            return new Form.Statement();
        }
        Field op = schema.field("op");
        Field source = schema.field("source");
        return op == null || source == null
                ? new Form.Unknown(kind)
                : new Form.Row(op, source, part(schema, "before"), part(schema, "after"), new Origin(source.schema()));
    }

    private static Optional<Field> part(Schema schema, String name) {
        return Optional.ofNullable(schema.field(name)).filter(field -> field.schema().type() == Schema.Type.STRUCT);
    }

    private static Change altered(Struct value) {
        String text = value.schema().field("ddl") == null ? "" : String.valueOf(value.get("ddl"));
        SqlWords statement = SqlWords.of(text);
        String database = String.valueOf(value.get("databaseName"));
        Set<StreamName> streams = new LinkedHashSet<>();
        Map<StreamName, TableForm> forms = new HashMap<>();
        boolean emptied = Emptying.isIn(statement);
        for (Object one : value.getArray("tableChanges")) {
            Struct table = (Struct) one;
            StreamName stream = TableIds.stream(table.getString("id"));
            streams.add(stream);
            TableForm.of(table.schema().field("table") == null ? null : table.get("table")).ifPresent(form -> forms.put(stream, form));
            String type = String.valueOf(table.get("type"));
            // A table that is made was not there before: whichever had its name has another now, or is gone.
            emptied |= type.equals("DROP") || type.equals("CREATE");
        }
        // The connector tells of no table if it knows the one that is replaced.
        Optional<StreamName> replaced = Emptying.replaced(statement, database);
        replaced.ifPresent(streams::add);
        // It tells of a table that got another one's name as altered.
        List<StreamName> renamed = Emptying.renamed(statement, database);
        streams.addAll(renamed);
        Emptying.altered(statement, database).ifPresent(streams::add);
        Optional<String> dropped = Emptying.droppedDatabase(statement);
        return new Change.Altered(
                List.copyOf(streams), dropped, emptied || dropped.isPresent() || replaced.isPresent() || !renamed.isEmpty(),
                SqlWords.withTexts(text), Map.copyOf(forms));
    }

    private Change row(SourceRecord record, Struct value, Form.Row form) {
        String op = String.valueOf(value.get(form.op()));
        Change.What what = switch (op) {
            case "r" -> Change.What.COPIED;
            case "c" -> Change.What.INSERTED;
            case "u" -> Change.What.UPDATED;
            case "d" -> Change.What.DELETED;
            case "t" -> Change.What.TRUNCATED;
            default -> throw unknown(record, "the operation " + op);
        };
        Struct source = (Struct) value.get(form.source());
        Origin origin = form.origin();
        String id = origin.gtid(source);
        return new Change.Row(
                origin.stream(source), what, struct(value, form.before()), struct(value, form.after()), origin.commitMicros(source),
                transaction(id), id, isMoved(record.headers()));
    }

    private static boolean isMoved(Headers headers) {
        return !headers.isEmpty()
                && (headers.lastWithName("__debezium.newkey") != null || headers.lastWithName("__debezium.oldkey") != null);
    }

    private static @Nullable Struct struct(Struct value, Optional<Field> field) {
        return field.isPresent() ? (Struct) value.get(field.get()) : null;
    }

    /** MariaDB's domain-server-sequence, MySQL's uuid:sequence. */
    private Optional<Long> transaction(@Nullable String id) {
        if (id == null) {
            return Optional.empty();
        }
        if (!id.equals(gtid)) {
            String digits = id.substring(Math.max(id.lastIndexOf('-'), id.lastIndexOf(':')) + 1);
            number = digits.matches("\\d{1,18}") ? Optional.of(Long.parseLong(digits)) : Optional.empty();
            gtid = id;
        }
        return number;
    }

    private static WindrowException unknown(SourceRecord record, String what) {
        return WindrowException.of(ConnectError.VALUE_UNKNOWN, "Reading topic " + record.topic() + ": got " + what);
    }
}
