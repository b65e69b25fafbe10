package io.windrow.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Secret;
import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.Until;
import io.windrow.connectors.connect.database.BinlogSettings;
import io.windrow.connectors.connect.database.KnownForm;
import io.windrow.connectors.connect.database.Preset;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.host.PluginLoader;
import io.windrow.connectors.connect.record.Change;
import io.windrow.connectors.connect.record.Shape;
import io.windrow.connectors.connect.record.Values;
import io.windrow.testkit.conformance.TestContext;
import io.windrow.testkit.oracle.ChangeText;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The databases of which no server is here: their connectors load and take the settings, a run ends at the connection, and
 * records of their form become rows. Nothing of this shows that a server's log is read right.
 */
@Tag("slow")
class PresetsTest {
    private static final Path PLUGIN = Path.of("plugins", "debezium-3.6").toAbsolutePath();
    private static final ByteSize SIZE = ByteSize.parse("8MiB");
    /** Reserved, so nobody listens there. */
    private static final int NOBODY = 1;

    @RegisterExtension
    final TestContext context = new TestContext();

    static Stream<Preset> presets() {
        return makers().map(maker -> maker.apply(Map.of()));
    }

    /** Each preset, by the connector's own settings that its config adds. */
    static Stream<Function<Map<String, String>, Preset>> makers() {
        Secret password = Secret.of("hidden");
        Optional<Path> plugin = Optional.of(PLUGIN);
        return Stream.of(
                more -> new MysqlConfig("127.0.0.1", NOBODY, "u", password, List.of("shop.orders"), List.of("shop.orders.shape"), Optional.empty(),
                        Optional.empty(), BinlogSettings.Lock.MINIMAL, OutOfRange.FAIL, plugin, more, 100, SIZE),
                more -> new SqlServerConfig("127.0.0.1", NOBODY, "shop", "u", password, List.of("dbo.orders"), List.of(), plugin, more, 100, SIZE),
                more -> new OracleConfig("127.0.0.1", NOBODY, "shop", "u", password, List.of("SHOP.ORDERS"), List.of(), plugin, more, 100, SIZE),
                more -> new Db2Config("127.0.0.1", NOBODY, "shop", "u", password, List.of("SHOP.ORDERS"), List.of(), plugin, more, 100, SIZE),
                more -> {
                    Map<String, String> all = new HashMap<>(more);
                    all.put("mongodb.server.selection.timeout.ms", "500");
                    return mongodb("mongodb://127.0.0.1:" + NOBODY + "/?replicaSet=rs0", all);
                });
    }

    private static MongodbConfig mongodb(String url, Map<String, String> properties) {
        return new MongodbConfig(
                url, Optional.of("u"), Optional.of(Secret.of("hidden")), "admin", List.of("shop.orders"), List.of("shop.orders.card.number"),
                MongodbConfig.Updates.LOOKUP, Optional.empty(), Optional.of(PLUGIN), properties, 100, SIZE);
    }

    /** It is found by the names of fields, which a version may change. */
    @ParameterizedTest
    @Tag("D32")
    @ValueSource(strings = {"debezium-3.5 mariadb.MariaDb", "debezium-3.6 mysql.MySql"})
    void theClientThatReadsTheLogIsFoundWhereItIsLookedFor(String where) throws Exception {
        String[] parts = where.split(" ");
        String connector = "io.debezium.connector." + parts[1];
        try (PluginLoader loader = PluginLoader.of(Path.of("plugins", parts[0]).toAbsolutePath())) {
            Class<?> task = Class.forName(connector + "ConnectorTask", false, loader);
            while (Stream.of(task.getDeclaredFields()).noneMatch(field -> field.getName().equals("coordinator"))) {
                task = task.getSuperclass();
            }
            Class<?> coordinator = task.getDeclaredField("coordinator").getType();
            assertThat(coordinator.getDeclaredField("changeEventSourceFactory").getType().isInterface()).isTrue();
            assertThat(Class.forName(connector + "ChangeEventSourceFactory", false, loader).getDeclaredField("binaryLogClient").getType().getName())
                    .isEqualTo("com.github.shyiko.mysql.binlog.BinaryLogClient");
        }
    }

    @ParameterizedTest
    @MethodSource("presets")
    void theConnectorTakesTheSettingsUpToTheServer(Preset preset) throws Exception {
        ConnectSource source = new ConnectSource(preset, context);
        Map<String, String> settings;
        try (PluginLoader loader = PluginLoader.of(PLUGIN); HistoryFile history = new HistoryFile(context.temporaryFolder(), List.of())) {
            settings = source.settings(ConnectSplit.Kind.COPY, preset.streams(), history);
            SourceConnector connector = loader.make(preset.connectorClass(), SourceConnector.class);
            List<String> refused = new ArrayList<>();
            Thread.currentThread().setContextClassLoader(loader);
            // IBM's driver is not among the jars, and its connector does not validate without.
            for (ConfigValue value : preset.vendor().equals("db2")
                    ? connector.config().validate(settings)
                    : connector.validate(settings).configValues()) {
                if (!value.errorMessages().isEmpty()) {
                    refused.add(value.name() + " " + value.errorMessages());
                }
            }
            // The connection alone fails, under whichever setting the connector reports it.
            assertThat(refused).allSatisfy(text -> assertThat(text).matches("(?s)(database\\.(hostname|names|dbname|user)|mongodb\\.connection\\.string).*"));
            if (preset.shape() == Shape.DOCUMENTS) {
                // Of a setting that it does not know, a connector says nothing.
                List<String> known = new ArrayList<>();
                for (Field constant : loader.loadClass("io.debezium.connector.mongodb.MongoDbConnectorConfig").getFields()) {
                    if (Modifier.isStatic(constant.getModifiers())) {
                        known.add(String.valueOf(constant.get(null)));
                    }
                }
                assertThat(known).containsAll(preset.settings("p").keySet()).containsAll(preset.captured(List.of()).keySet());
                CheckResult check = source.check().getFirst();
                assertThat(check.outcome()).isEqualTo(CheckResult.Outcome.FAILED);
                assertThat(check.detail()).contains("mongodb.connection.string").doesNotContain("hidden");
            }
        } finally {
            Thread.currentThread().setContextClassLoader(PresetsTest.class.getClassLoader());
        }
    }

    @ParameterizedTest
    @MethodSource("presets")
    void theBeansOfTheConnectorAreLookedForUnderTheNameThatItGivesThem(Preset preset) throws Exception {
        try (PluginLoader loader = PluginLoader.of(PLUGIN)) {
            String module = preset.connectorClass().replaceFirst("[^.]+$", "Module");
            Object name = loader.loadClass(module).getMethod("contextName").invoke(null);
            assertThat(String.valueOf(name).toLowerCase(Locale.ROOT)).isEqualTo(preset.contextName());
        }
    }

    @ParameterizedTest
    @MethodSource("presets")
    void aRunThatReachesNobodySaysSo(Preset preset) {
        Set<ConnectError> expected = Set.of("oracle", "db2").contains(preset.vendor())
                ? Set.of(ConnectError.PLUGIN_BROKEN)
                : Set.of(ConnectError.CONNECT_REFUSED);
        Drive drive = new Drive(preset, context);
        drive.until = Until.STOPPED;
        assertThatThrownBy(drive::run)
                .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(expected).contains((ConnectError) e.errorCode()))
                .hasMessageNotContaining("hidden");
    }

    /** What a config may set besides, since nothing that is promised rests on it. */
    private static final Set<String> FREE = Set.of(
            "poll.interval.ms", "max.batch.size", "max.queue.size", "max.queue.size.in.bytes", "mongodb.server.selection.timeout.ms",
            "driver.loginTimeout", "driver.socketTimeout", "connect.timeout.ms", "snapshot.fetch.size");

    static Stream<Function<Map<String, String>, Preset>> everyMaker() {
        return Stream.concat(makers(), Stream.of(more -> new MariadbConfig(
                "127.0.0.1", NOBODY, "u", Secret.of("hidden"), List.of("shop.orders"), List.of("shop.orders.shape"), Optional.empty(), Optional.empty(),
                BinlogSettings.Lock.MINIMAL, OutOfRange.FAIL, Optional.empty(), more, 100, SIZE)));
    }

    @ParameterizedTest
    @MethodSource("everyMaker")
    void aPropertyOnWhichTheStreamRestsIsRefusedByName(Function<Map<String, String>, Preset> maker) {
        Preset preset = maker.apply(Map.of());
        Set<String> ours = new TreeSet<>(Set.of(
                "skipped.operations", "event.processing.failure.handling.mode", "inconsistent.schema.handling.mode", "snapshot.mode",
                "snapshot.select.statement.overrides.shop.orders", "snapshot.include.collection.list", "table.exclude.list",
                "database.exclude.list", "gtid.source.excludes", "time.precision.mode", "decimal.handling.mode", "binary.handling.mode",
                "bigint.unsigned.handling.mode", "enable.time.adjuster", "schema.history.internal.skip.unparseable.ddl",
                "heartbeat.interval.ms", "topic.prefix", "tombstones.on.delete", "transforms", "transforms.mask.type", "offset.storage",
                "errors.max.retries", "errors.tolerance", "include.query", "connect.keep.alive", "column.exclude.list", "column.mask.with.5.chars",
                "field.renames", "converters", "signal.data.collection", "driver.zeroDateTimeBehavior", "internal.anything"));
        try (HistoryFile history = new HistoryFile(context.temporaryFolder(), List.of())) {
            ours.addAll(new ConnectSource(preset, context).settings(ConnectSplit.Kind.LOG, preset.streams(), history).keySet());
        }
        ours.removeAll(FREE);
        assertThat(ours).allSatisfy(property -> assertThatThrownBy(() -> maker.apply(Map.of(property, "to-hide")))
                .as(property)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("properties must leave out " + property + ": ")
                .hasMessageNotContaining("to-hide"));
        FREE.forEach(property -> assertThat(maker.apply(Map.of(property, "1")).properties()).containsKey(property));
        assertThat(maker.apply(Map.of("snapshot.isolation.mode", "snapshot")).properties()).hasSizeGreaterThan(0);
        assertThatThrownBy(() -> maker.apply(Map.of("snapshot.isolation.mode", "read_committed"))).hasMessageContaining("snapshot.isolation.mode");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "mongodb://u:hidden@h/", "mongodb://h/?replicaSet=rs0&tls=false", "mongodb://h/?ssl=true", "http://h/", "h:27017"
    })
    void anAddressThatSaysWhatOtherSettingsSayOrIsNoneIsRefusedUnshown(String url) {
        assertThatThrownBy(() -> mongodb(url, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("url must")
                .hasMessageNotContaining("hidden");
    }

    @Test
    void anAddressOfAnotherMachineIsProtectedUnlessTheConfigSaysOtherwise() {
        assertThat(mongodb("mongodb://127.0.0.1,[::1]:3/", Map.of()).settings("p")).containsEntry("mongodb.ssl.enabled", "false");
        for (String far : List.of("mongodb://localhost,far:3/", "mongodb+srv://far.example.com", "mongodb://[::2]/shop?replicaSet=rs0")) {
            assertThat(mongodb(far, Map.of()).settings("p")).containsEntry("mongodb.ssl.enabled", "true")
                    .containsEntry("mongodb.ssl.invalid.hostname.allowed", "false");
        }
        assertThatThrownBy(() -> mongodb("mongodb://h/", Map.of("capture.mode", "change_streams")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("properties must leave out capture.mode");
    }

    @Test
    void documentsBecomeRowsOfTheirKeyAndThemselves() {
        StreamName stream = new StreamName("shop", "orders");
        StreamSchema schema = KnownForm.ofDocuments().schema(stream);
        List<Change> changes = List.of(
                document("r", null, "{\"_id\": {\"$oid\": \"5\"}, \"n\": 1}"), document("c", null, "{\"n\": 2}"),
                document("u", "{\"n\": 2}", "{\"n\": 3}"), document("u", null, null), document("d", null, null), document("d", "{\"n\": 3}", null));
        try (FollowedTable table = new FollowedTable(schema, Values.Dialect.PLAIN, OutOfRange.FAIL, context, () -> schema)) {
            table.copy((Change.Row) changes.getFirst(), -1, 0);
            changes.stream().skip(1).forEach(change -> table.add((Change.Row) change, 3, 0));
            try (Batch batch = table.take(new Position(1, "{}"))) {
                assertThat(batch.stream()).isEqualTo(stream);
                // A minus stands for what the change does not say.
                assertThat(ChangeText.rows(batch)).containsExactly(
                        "COPY|{\"$oid\": \"5\"}|{\"_id\": {\"$oid\": \"5\"}, \"n\": 1}", "INSERT|{\"$oid\": \"5\"}|{\"n\": 2}",
                        "UPDATE|{\"$oid\": \"5\"}|{\"n\": 3}", "UPDATE|{\"$oid\": \"5\"}|-", "DELETE|{\"$oid\": \"5\"}|-",
                        "DELETE|{\"$oid\": \"5\"}|{\"n\": 3}");
                assertThat(batch.changes().orElseThrow().commitMicros().get(1)).isEqualTo(5_000);
            }
        }
        assertThatThrownBy(() -> document("c", null, null)).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(ConnectError.VALUE_UNKNOWN));
    }

    private static Change document(String op, @Nullable String before, @Nullable String after) {
        Schema key = SchemaBuilder.struct().field("id", Schema.STRING_SCHEMA).build();
        Schema source = SchemaBuilder.struct().field("db", Schema.STRING_SCHEMA).field("collection", Schema.STRING_SCHEMA)
                .field("ts_ms", Schema.INT64_SCHEMA).build();
        Schema description = SchemaBuilder.struct().field("updatedFields", Schema.OPTIONAL_STRING_SCHEMA).optional().build();
        Schema envelope = SchemaBuilder.struct().field("before", Schema.OPTIONAL_STRING_SCHEMA).field("after", Schema.OPTIONAL_STRING_SCHEMA)
                .field("updateDescription", description).field("source", source).field("op", Schema.STRING_SCHEMA).build();
        Struct value = new Struct(envelope).put("before", before).put("after", after).put("op", op)
                .put("source", new Struct(source).put("db", "shop").put("collection", "orders").put("ts_ms", 5L));
        return Shape.DOCUMENTS.records().read(new SourceRecord(
                Map.of(), Map.of(), "p.shop.orders", key, new Struct(key).put("id", "{\"$oid\": \"5\"}"), envelope, value));
    }

    @Test
    void recordsInTheFormOfOtherDatabasesBecomeRows() {
        StreamName stream = new StreamName("dbo", "orders");
        Schema variable = SchemaBuilder.struct().name("io.debezium.data.VariableScaleDecimal")
                .field("scale", Schema.INT32_SCHEMA).field("value", Schema.BYTES_SCHEMA).optional().build();
        Schema form = SchemaBuilder.struct()
                .field("id", Schema.INT32_SCHEMA)
                .field("total", Decimal.builder(2).optional().build())
                .field("number", Schema.OPTIONAL_INT64_SCHEMA)
                .field("any", variable)
                .field("at", SchemaBuilder.string().name("io.debezium.time.ZonedTimestamp").optional().build())
                .field("clock", SchemaBuilder.int64().name("io.debezium.time.MicroTime").optional().build())
                .field("fine", SchemaBuilder.int64().name("io.debezium.time.NanoTimestamp").optional().build())
                .optional().build();
        Struct row = new Struct(form).put("id", 1).put("total", new BigDecimal("-0.05")).put("number", 7L)
                .put("any", new Struct(variable).put("scale", 3).put("value", new BigDecimal("1.234").unscaledValue().toByteArray()))
                .put("at", "1970-01-01T01:00:00+01:00").put("clock", 86_399_999_999L).put("fine", 1_000L);
        Schema source = SchemaBuilder.struct().field("db", Schema.STRING_SCHEMA).field("schema", Schema.STRING_SCHEMA)
                .field("table", Schema.STRING_SCHEMA).field("ts_ms", Schema.INT64_SCHEMA).build();
        Schema envelope = SchemaBuilder.struct().field("before", form).field("after", form).field("source", source)
                .field("op", Schema.STRING_SCHEMA).build();
        Struct from = new Struct(source).put("db", "shop").put("schema", "dbo").put("table", "orders").put("ts_ms", 5L);
        StreamSchema schema = new StreamSchema(stream, 1, List.of(
                new Column(1, "id", new ColumnType.Int(32, true), false, "int"),
                new Column(2, "total", new ColumnType.Decimal(10, 2), true, "decimal"),
                new Column(3, "number", new ColumnType.Decimal(12, 0), true, "NUMBER(12)"),
                new Column(4, "any", new ColumnType.Text(), true, "NUMBER"),
                new Column(5, "at", new ColumnType.Timestamp(true), true, "datetimeoffset"),
                new Column(6, "clock", new ColumnType.Time(), true, "time"),
                new Column(7, "fine", new ColumnType.Timestamp(false), true, "datetime2")), List.of("id"));
        try (FollowedTable table = new FollowedTable(schema, Values.Dialect.PLAIN, OutOfRange.FAIL, context, () -> schema)) {
            for (String op : List.of("c", "u", "d")) {
                Struct value = new Struct(envelope).put("source", from).put("op", op).put(op.equals("d") ? "before" : "after", row);
                Change change = Shape.ROWS.records().read(new SourceRecord(Map.of(), Map.of(), "t", envelope, value));
                assertThat(change).isInstanceOfSatisfying(Change.Row.class, one -> {
                    assertThat(one.stream()).isEqualTo(stream);
                    table.add(one, 3, 0);
                });
            }
            try (Batch batch = table.take(new Position(1, "{}"))) {
                assertThat(List.of(batch.changes().orElseThrow().operations().get(0), batch.changes().orElseThrow().operations().get(1),
                                batch.changes().orElseThrow().operations().get(2)))
                        .containsExactly((byte) Operation.INSERT.ordinal(), (byte) Operation.UPDATE.ordinal(), (byte) Operation.DELETE.ordinal());
                assertThat(batch.arrow().getFieldVectors().stream().map(vector -> String.valueOf(vector.getObject(2))).toList())
                        .containsExactly("1", "-0.05", "7", "1.234", "0", "86399999999", "1970-01-01T00:00:00.000001");
                assertThat(batch.changes().orElseThrow().commitMicros().get(0)).isEqualTo(5_000);
            }
        }
    }
}
