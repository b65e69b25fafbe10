package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StateStores;
import io.windrow.core.contract.Compatibility;
import io.windrow.core.contract.SchemaBook;
import io.windrow.core.contract.SchemaVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaTest {
    private static final StreamName ORDERS = new StreamName("public", "orders");

    @TempDir
    Path folder;

    private Path file;

    private static StreamSchema schema(ColumnType total) {
        return new StreamSchema(
                ORDERS, 1,
                List.of(
                        new Column(1, "id", new ColumnType.Int(64, true), false, "bigint"),
                        new Column(2, "total", total, true, "numeric")),
                List.of("id"));
    }

    @BeforeEach
    void twoVersionsAreAcceptedAndAThirdIsRefused() throws IOException {
        file = Files.writeString(folder.resolve("p.yaml"), """
                pipeline: p
                source:
                  postgres: {url: 'postgresql://nobody@127.0.0.1:1/none', streams: [{table: public.orders}]}
                contract: {on_drift: freeze}
                sink:
                  files: {path: ./out}
                run: {state: 'jdbc:sqlite:%s'}
                """.formatted(folder.resolve("s.db")));
        try (StateStore store = StateStores.open("jdbc:sqlite:" + folder.resolve("s.db"))) {
            Lease lease = store.acquire("p", "test", Duration.ofSeconds(30));
            SchemaBook book = new SchemaBook(store, "p");
            Instant then = Instant.parse("2026-01-01T00:00:00Z");
            book.accept(lease, new SchemaVersion(schema(new ColumnType.Decimal(5, 2)), "billing", Compatibility.NONE), then);
            book.accept(lease, new SchemaVersion(schema(new ColumnType.Decimal(9, 2)), "billing", Compatibility.NONE), then.plusSeconds(9));
            book.refuse(lease, schema(new ColumnType.Text()), then.plusSeconds(20));
            store.release(lease);
        }
    }

    @Test
    void versionsAreListedShownComparedAndAccepted() {
        Invoked list = windrow("schema", "list", file);
        assertThat(list.out()).as(list.whole()).contains("public.orders").contains("billing").contains("a newer one was refused");
        assertThat(windrow("schema", "list", file, "--json").json()).hasSize(1);

        Invoked show = windrow("schema", "show", file, "--stream", "orders");
        assertThat(show.out()).as(show.whole()).contains("decimal(9,2)").contains("key");
        assertThat(windrow("schema", "show", file, "--stream", "orders", "--version-number", "1", "--json").out())
                .contains("decimal(5,2)");

        Invoked diff = windrow("schema", "diff", file, "--stream", "public.orders");
        assertThat(diff.out()).as(diff.whole())
                .contains("widen: field total was decimal(5,2) and is the wider decimal(9,2) now");
        assertThat(windrow("schema", "diff", file, "--stream", "orders", "--json").out()).contains("\"kind\" : \"widen\"");

        Invoked owner = windrow("schema", "accept", file, "--stream", "orders", "--compatibility", "backward", "--owner", "sales", "--json");
        assertThat(owner.exit()).as(owner.whole()).isZero();
        assertThat(owner.out()).as("the schema stays")
                .contains("\"version\" : 3").doesNotContain("\"retype\"").contains("\"backward\"").contains("\"sales\"");
        assertThat(windrow("schema", "list", file).out()).contains("a newer one was refused");
        Invoked accept = windrow("schema", "accept", file, "--stream", "orders", "--json");
        assertThat(accept.exit()).as(accept.whole()).isZero();
        assertThat(accept.out()).contains("\"version\" : 4").contains("\"retype\"").contains("\"backward\"").contains("\"sales\"");
        Invoked again = windrow("schema", "accept", file, "--stream", "orders");
        assertThat(again.exit()).isEqualTo(ExitCode.USER.value());
        assertThat(again.err()).contains("no run has refused one since version 4");
    }

    @Test
    void aNameThatSeveralStreamsHaveIsRefusedWithTheirNames() {
        try (StateStore store = StateStores.open("jdbc:sqlite:" + folder.resolve("s.db"))) {
            Lease lease = store.acquire("p", "test", Duration.ofSeconds(30));
            StreamSchema archive = new StreamSchema(
                    new StreamName("archive", "orders"), 1, schema(new ColumnType.Text()).columns(), List.of("id"));
            new SchemaBook(store, "p").accept(lease, new SchemaVersion(archive, "", Compatibility.NONE), Instant.parse("2026-01-01T00:00:00Z"));
            store.release(lease);
        }
        Invoked either = windrow("schema", "accept", file, "--stream", "orders", "--owner", "sales");
        assertThat(either.exit()).isEqualTo(ExitCode.USER.value());
        assertThat(either.err()).contains("archive.orders or public.orders", "--stream with the namespace");
        assertThat(windrow("schema", "show", file, "--stream", "archive.orders").out()).contains("text");
        assertThat(windrow("schema", "show", file, "--stream", "public.orders").out()).contains("decimal(9,2)");
    }

    @Test
    void aSchemaIsExportedAsAvroAndJsonSchema() {
        Invoked avro = windrow("schema", "show", file, "--stream", "orders", "--as", "avro");
        assertThat(avro.json()).as(avro.whole()).hasSize(1);
        assertThat(avro.out()).contains("\"logicalType\" : \"decimal\"").contains("\"scale\" : 2");
        Invoked json = windrow("schema", "show", file, "--stream", "orders", "--as", "json_schema");
        assertThat(json.json()).as(json.whole()).hasSize(1);
        assertThat(json.out()).contains("https://json-schema.org/draft/2020-12/schema").contains("\"additionalProperties\" : false");
    }

    @Test
    void whatIsExportedIsWhatIsDelivered() throws IOException {
        Files.writeString(file, Files.readString(file) + """
                mask: [{field: total, with: redact}]
                transform: {public.orders: {rename: {id: number}}}
                """);
        for (String form : List.of("avro", "json_schema")) {
            Invoked exported = windrow("schema", "show", file, "--stream", "orders", "--as", form);
            assertThat(exported.exit()).as(exported.whole()).isZero();
            assertThat(exported.out()).contains("\"number\"").contains("\"string\"").doesNotContain("\"id\"").doesNotContain("decimal");
        }
        assertThat(windrow("schema", "show", file, "--stream", "orders").out()).contains("id").contains("decimal(9,2)");
    }

    @Test
    void anOlderVersionThatTheStepsDoNotFitIsExportedAsItWasAcceptedAndThatIsSaid() throws IOException {
        try (StateStore store = StateStores.open("jdbc:sqlite:" + folder.resolve("s.db"))) {
            Lease lease = store.acquire("p", "test", Duration.ofSeconds(30));
            List<Column> columns = new ArrayList<>(schema(new ColumnType.Decimal(9, 2)).columns());
            columns.add(new Column(3, "note", new ColumnType.Text(), true, "text"));
            SchemaVersion wider = new SchemaVersion(new StreamSchema(ORDERS, 1, columns, List.of("id")), "billing", Compatibility.NONE);
            new SchemaBook(store, "p").accept(lease, wider, Instant.parse("2026-01-02T00:00:00Z"));
            store.release(lease);
        }
        String pipeline = Files.readString(file);
        Files.writeString(file, pipeline + "transform: {public.orders: {rename: {note: remark}}}\n");
        for (String form : List.of("avro", "json_schema")) {
            assertThat(windrow("schema", "show", file, "--stream", "orders", "--as", form).out()).contains("\"remark\"");
            Invoked first = windrow("schema", "show", file, "--stream", "orders", "--as", form, "--version-number", "1");
            assertThat(first.exit()).as(first.whole()).isZero();
            assertThat(first.json()).hasSize(1);
            assertThat(first.out()).contains("\"total\"").doesNotContain("remark");
            assertThat(first.err()).contains("Version 1 of public.orders is exported as it was accepted", "shape.unknown_field");
        }
        Files.writeString(file, pipeline + "transform: {public.orders: {rename: {notes: remark}}}\n");
        Invoked newest = windrow("schema", "show", file, "--stream", "orders", "--as", "avro");
        assertThat(newest.exit()).isEqualTo(ExitCode.USER.value());
        assertThat(newest.err()).contains("shape.unknown_field");
    }

    @Test
    void whatIsAskedWronglyNamesWhatThereIs() {
        assertThat(windrow("schema", "show", file).err()).contains("there are public.orders");
        assertThat(windrow("schema", "show", file, "--stream", "ordrs").err()).contains("code   cli.no_state");
        assertThat(windrow("schema", "diff", file, "--stream", "orders", "--old", "7").err()).contains("there are versions 1 to 2");
        assertThat(windrow("schema").exit()).isEqualTo(ExitCode.USER.value());
    }
}
