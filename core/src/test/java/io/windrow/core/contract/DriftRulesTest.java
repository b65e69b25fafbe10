package io.windrow.core.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.config.Origin;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.contract.SchemaChange.Kind;
import io.windrow.core.policy.ContractPolicy;
import io.windrow.core.policy.Drift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DriftRulesTest {
    private static final StreamName STREAM = new StreamName("s", "t");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            evolve     | follow follow follow follow stop stop follow    follow follow
            freeze     | keep   stop   keep   stop   stop stop stop      keep   stop
            quarantine | set_aside stop keep  stop   stop stop set_aside keep   stop
            stop       | stop   stop   stop   stop   stop stop stop      stop   stop
            """)
    void everyPolicyHasAnAnswerToEveryChange(String policy, String answers) {
        List<String> given = Arrays.stream(Kind.values())
                .map(kind -> DriftRules.of(Drift.valueOf(policy.toUpperCase(Locale.ROOT)), kind).name().toLowerCase(Locale.ROOT))
                .toList();
        assertThat(given).containsExactly(answers.split(" +"));
    }

    @Test
    void theManualHoldsTheTable() throws IOException {
        String manual = Files.readString(Path.of("../docs/how-to/contracts.md"));
        for (Kind kind : Kind.values()) {
            StringBuilder row = new StringBuilder("| " + kind.word() + " |");
            for (Drift policy : Drift.values()) {
                row.append(' ').append(DriftRules.of(policy, kind).name().toLowerCase(Locale.ROOT).replace('_', ' ')).append(" |");
            }
            assertThat(manual).contains(row);
        }
    }

    @ParameterizedTest
    @EnumSource(Drift.class)
    void theGateGivesTheAnswerOfTheTable(Drift policy) {
        StreamSchema accepted = schema("1 id int64 not", "2 a int32 null", "3 b text not");
        Map<Kind, StreamSchema> offered = new HashMap<>(Map.of(
                Kind.ADD, schema("1 id int64 not", "2 a int32 null", "3 b text not", "4 c text null"),
                Kind.DROP, schema("1 id int64 not", "2 a int32 null"),
                Kind.RENAME, schema("1 id int64 not", "2 z int32 null", "3 b text not"),
                Kind.WIDEN, schema("1 id int64 not", "2 a int64 null", "3 b text not"),
                Kind.NARROW, schema("1 id int64 not", "2 a int16 null", "3 b text not"),
                Kind.RETYPE, schema("1 id int64 not", "2 a date null", "3 b text not"),
                Kind.NULLABLE, schema("1 id int64 not", "2 a int32 null", "3 b text null"),
                Kind.NOT_NULL, schema("1 id int64 not", "2 a int32 not", "3 b text not"),
                Kind.KEY, new StreamSchema(STREAM, 1, accepted.columns(), List.of("b"))));
        SchemaGate gate = new SchemaGate(
                "p.yaml", Optional.of(new ContractPolicy(policy, Map.of(), new Origin("p.yaml:3:1 contract"))),
                Map.of(STREAM, new SchemaVersion(accepted, "", Compatibility.NONE)));
        for (Kind kind : Kind.values()) {
            StreamSchema now = offered.get(kind);
            assertThat(SchemaDiff.of(accepted, now)).extracting(SchemaChange::kind).containsExactly(kind);
            switch (DriftRules.of(policy, kind)) {
                case FOLLOW -> {
                    SchemaGate.Passage passage = gate.judge(now, () -> "before the first row", "me");
                    assertThat(passage.accepts()).map(SchemaVersion::schema).contains(now);
                    assertThat(passage.kept()).isEmpty();
                }
                case KEEP, SET_ASIDE -> {
                    SchemaGate.Passage passage = gate.judge(now, () -> "before the first row", "me");
                    assertThat(passage.accepts()).isEmpty();
                    assertThat(passage.kept()).map(SchemaGate.Kept::schema).contains(accepted);
                }
                case STOP -> assertThatThrownBy(() -> gate.judge(now, () -> "before the first row", "me"))
                        .isInstanceOfSatisfying(WindrowException.class, e -> {
                            assertThat(e.errorCode()).isEqualTo(ContractError.DRIFT);
                            assertThat(e.place()).hasValue("p.yaml:3:1 contract");
                            assertThat(e.remedy()).endsWith("windrow schema accept p.yaml --stream s.t");
                        })
                        .hasMessageContaining("before the first row");
            }
        }
    }

    /** A table that was made again with its columns in another order shows nothing but names that changed places. */
    @ParameterizedTest
    @EnumSource(value = Drift.class, names = {"FREEZE", "QUARANTINE"})
    void aFieldThatTakesTheNameOfAnotherAcceptedOneIsNotKept(Drift policy) {
        StreamSchema accepted = schema("1 id int64 not", "2 note text null", "3 email text null");
        SchemaGate gate = new SchemaGate(
                "p.yaml", Optional.of(new ContractPolicy(policy, Map.of(), Origin.NONE)),
                Map.of(STREAM, new SchemaVersion(accepted, "", Compatibility.NONE)));
        for (StreamSchema offered : List.of(
                schema("1 id int64 not", "2 email text null", "3 note text null"),
                schema("1 id int64 not", "2 email text null", "3 contact text null"))) {
            assertThatThrownBy(() -> gate.judge(offered, () -> "before the first row", "me"))
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(ContractError.DRIFT))
                    .hasMessageContaining("field note is named email now");
        }
    }

    @Test
    void aRefusalNamesTheFieldBothTypesAndWhereItWasMet() {
        SchemaGate gate = new SchemaGate(
                "p.yaml", Optional.of(new ContractPolicy(Drift.FREEZE, Map.of(), Origin.NONE)),
                Map.of(STREAM, new SchemaVersion(schema("1 id int64 not", "2 a int32 null"), "", Compatibility.NONE)));
        assertThatThrownBy(() -> gate.judge(schema("1 id int64 not", "2 a decimal(12,2) null"), () -> "in split 3", ""))
                .hasMessage("Comparing the schema of s.t with the accepted one, first met in split 3: policy freeze does not allow "
                        + "that field a was int32 and is the wider decimal(12,2) now");
    }

    @Test
    void aFirstSchemaIsAcceptedAndTheSameOnePasses() {
        StreamSchema schema = schema("1 id int64 not");
        SchemaGate first = new SchemaGate("p", Optional.of(new ContractPolicy(Drift.STOP, Map.of(), Origin.NONE)), Map.of());
        SchemaVersion accepted = first.judge(schema, () -> "", "me").accepts().orElseThrow();
        assertThat(accepted).isEqualTo(new SchemaVersion(schema, "me", Compatibility.NONE));
        SchemaGate second = new SchemaGate("p", first.contract(), Map.of(STREAM, accepted));
        assertThat(second.judge(schema, () -> "", "me")).isEqualTo(new SchemaGate.Passage(List.of(), Optional.empty(), Optional.empty()));
    }

    @Test
    void columnsAreTheSameByIdUnlessAllIdsAreNew() {
        StreamSchema accepted = schema("1 a int32 null", "3 b int32 null", "4 c int32 null");
        assertThat(SchemaDiff.of(accepted, schema("1 b int32 null", "3 a int32 null", "4 c int32 null")))
                .extracting(SchemaChange::toString)
                .containsExactly("field a is named b now", "field b is named a now");
        // A restored table: the gap that a dropped column left is gone.
        assertThat(SchemaDiff.of(accepted, schema("1 a int32 null", "2 b int32 null", "3 c int32 null"))).isEmpty();
        assertThat(SchemaDiff.of(accepted, schema("4 c int32 null", "1 a int32 null", "3 b int32 null"))).isEmpty();
        assertThat(SchemaDiff.of(accepted, schema("1 a int32 null", "3 b int32 null", "5 c int32 null")))
                .extracting(SchemaChange::kind).containsExactly(Kind.DROP, Kind.ADD);
    }

    /** Earlier versions gave {@code _previous} the id of another added column, and ids that are made of names can be moved. */
    @Test
    void columnsThatAStepAddedAreTheSameByName() {
        StreamSchema former = schema("1 id int64 not", "2 mail text null", "1000002 mail_previous text null");
        StreamSchema now = schema("1 id int64 not", "2 e_mail text null", "1073741900 mail_previous text null", "1000002 _at int64 null");
        assertThat(SchemaDiff.acceptedNames(former, now))
                .isEqualTo(Map.of("id", "id", "e_mail", "mail", "mail_previous", "mail_previous"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            int8 | int16 | true
            uint8 | int8 | false
            uint8 | int16 | true
            int32 | uint64 | false
            int32 | decimal(10,0) | true
            int32 | decimal(10,2) | false
            uint64 | decimal(20,0) | true
            int64 | float64 | false
            int32 | float64 | true
            int16 | float32 | true
            float32 | float64 | true
            decimal(5,2) | decimal(6,2) | true
            decimal(5,2) | decimal(5,3) | false
            decimal(5,2) | decimal(5,2) | false
            text | json | false
            date | timestamp | false
            """)
    void whatIsWiderHoldsEveryValue(String from, String to, boolean wider) {
        assertThat(SchemaDiff.isWider(TypeNames.parse(from).orElseThrow(), TypeNames.parse(to).orElseThrow())).isEqualTo(wider);
    }

    @Test
    void aStoredSchemaIsReadAsItWasWritten() {
        List<Column> columns = new ArrayList<>();
        for (String type : TypeNames.all()) {
            columns.add(new Column(columns.size() + 1, "ı\"" + type, TypeNames.parse(type).orElseThrow(), columns.size() % 2 == 0, "x"));
        }
        Column element = new Column(1, "element", new io.windrow.api.schema.ColumnType.Struct(columns.subList(0, 3)), true, "e");
        columns.add(new Column(99, "list", new io.windrow.api.schema.ColumnType.ListOf(element), true, "l"));
        SchemaVersion version = new SchemaVersion(
                new StreamSchema(new StreamName("", "t"), 7, columns, List.of("ı\"bool")), "team", Compatibility.FULL);
        assertThat(SchemaJson.read(SchemaJson.write(version), 7)).isEqualTo(version);
        assertThatThrownBy(() -> SchemaJson.read(SchemaJson.write(version).replace("\"owner\"", "\"ownr\""), 7))
                .isInstanceOf(WindrowException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            backward | 4 c text null | true
            backward | 4 c text not  | false
            forward  | 4 c text not  | true
            full     | 4 c text null | true
            full     | 4 c text not  | false
            none     | 4 c text not  | true
            """)
    void compatibilityIsWhatAvroSays(String mode, String added, boolean compatible) {
        StreamSchema before = schema("1 id int64 not");
        StreamSchema after = schema("1 id int64 not", added);
        SchemaVersion accepted = new SchemaVersion(before, "", Compatibility.valueOf(mode.toUpperCase(Locale.ROOT)));
        assertThat(AvroCheck.clashes(accepted, after).isEmpty()).isEqualTo(compatible);
        SchemaGate gate = new SchemaGate("p", Optional.empty(), Map.of(STREAM, accepted));
        if (compatible) {
            assertThat(gate.judge(after, () -> "", "").accepts()).isPresent();
        } else {
            assertThatThrownBy(() -> gate.judge(after, () -> "before the first row", ""))
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(ContractError.INCOMPATIBLE))
                    .hasMessageContaining(mode);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            decimal(5,2) | decimal(5,2) | true
            decimal(5,2) | decimal(7,4) | false
            int64 | timestamp | false
            timestamp | timestamptz | false
            text | uuid | false
            int32 | int64 | true
            text | json | true
            """)
    void compatibilityAsksWhatAValueMeans(String from, String to, boolean compatible) {
        SchemaVersion accepted = new SchemaVersion(schema("1 id int64 not", "2 v " + from + " null"), "", Compatibility.BACKWARD);
        List<String> clashes = AvroCheck.clashes(accepted, schema("1 id int64 not", "2 v " + to + " null"));
        assertThat(clashes.isEmpty()).as(clashes.toString()).isEqualTo(compatible);
    }

    @Test
    void aStructureThatComesBeforeAnotherChangesNothingOfIt() {
        Column address = structure(2, "address");
        StreamSchema before = new StreamSchema(STREAM, 1, List.of(address), List.of());
        StreamSchema after = new StreamSchema(STREAM, 2, List.of(structure(3, "origin"), address), List.of());
        assertThat(AvroCheck.clashes(new SchemaVersion(before, "", Compatibility.FULL), after)).isEmpty();
        assertThat(SchemaExport.avro(after)).contains("\"windrow.row\"", "\"windrow.row.address\"");
    }

    /** A structure with a structure and a list of structures in it, all of one name. */
    private static Column structure(int id, String name) {
        Column part = new Column(1, "v", new ColumnType.Text(), true, "t");
        Column inner = new Column(1, name, new ColumnType.Struct(List.of(part)), true, "t");
        Column list = new Column(2, "list", new ColumnType.ListOf(new Column(1, "element", new ColumnType.Struct(List.of(part)), true, "t")), true, "t");
        return new Column(id, name, new ColumnType.Struct(List.of(inner, list)), true, "t");
    }

    /** Columns as {@code id name type null|not}. */
    private static StreamSchema schema(String... columns) {
        List<Column> all = new ArrayList<>();
        for (String column : columns) {
            String[] parts = column.split(" +");
            all.add(new Column(
                    Integer.parseInt(parts[0]), parts[1], TypeNames.parse(parts[2]).orElseThrow(), parts[3].equals("null"), "x"));
        }
        return new StreamSchema(STREAM, 1, all, List.of());
    }
}
