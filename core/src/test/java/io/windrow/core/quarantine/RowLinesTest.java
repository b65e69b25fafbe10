package io.windrow.core.quarantine;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.Rejected;
import io.windrow.api.config.Origin;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.plan.ShownPositions;
import io.windrow.core.policy.MaskRule;
import io.windrow.core.transform.Rows;
import io.windrow.core.transform.mask.MaskTransform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RowLinesTest {
    private static final StreamSchema KNOWN = new StreamSchema(
            new StreamName("s", "t"), 1, List.of(text(1, "id"), text(2, "name")), List.of("id"));
    private static final StreamSchema WIDE = new StreamSchema(
            KNOWN.stream(), 2, List.of(text(1, "id"), text(2, "name"), text(9, "alias_name"), text(10, "unknown")), List.of("id"));

    private final RootAllocator allocator = new RootAllocator(16 << 20);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    /** I11: an encrypted quarantine is no place for what the mask hides either. */
    @Test
    void whatTheMaskHidesIsWithheldEvenWhereRowsAreKeptWhole() throws IOException {
        for (String field : List.of("*name", "alias_*")) {
            try (BoundTransform mask = new MaskTransform(List.of(redacted(field))).bind(KNOWN)) {
                Batch.Parts good = row(KNOWN, Operation.INSERT).release();
                Rejected odd = new Rejected(
                        WIDE, row(WIDE, Operation.INSERT).release().rows(), List.of(new Rejected.Reason(0, "c", "", "is odd")));
                try (Batch masked = mask.apply(good.withRejected(List.of(odd)).batch())) {
                    Rejected aside = masked.rejected().getFirst();
                    String whole = line(masked, aside, RowLines.Detail.WHOLE);
                    assertThat(whole).contains("\"unknown\":\"value of unknown\"").doesNotContain("value of alias_name");
                    if (field.equals("*name")) {
                        assertThat(whole).doesNotContain("value of name");
                    }
                    assertThat(line(masked, aside, RowLines.Detail.WITHHELD)).doesNotContain("value of");
                }
            }
        }
    }

    @Test
    void aPositionThatHoldsWhatTheTargetDoesNotGetIsWithheldUnlessTheLinesAreEncrypted() throws IOException {
        Rejected.Reason reason = new Rejected.Reason(0, "contract.null", "name", "is null");
        String position = "\"position\":\"{}\"";
        for (Set<StreamName> withheld : List.of(Set.<StreamName>of(), Set.of(KNOWN.stream()))) {
            try (BoundTransform marking = new ShownPositions(withheld, HashKey.random()).bind(KNOWN);
                    Batch parted = marking.apply(
                            Rows.setAside(row(KNOWN, Operation.INSERT), new int[0], 0, new int[] {0}, List.of(reason)))) {
                Rejected aside = parted.rejected().getFirst();
                assertThat(line(parted, aside, RowLines.Detail.WHOLE)).contains(position);
                String line = line(parted, aside, RowLines.Detail.WITHHELD);
                if (withheld.isEmpty()) {
                    assertThat(line).contains(position);
                } else {
                    assertThat(line.replace("\\", "")).containsPattern(
                            "\"position\":\"\\{\"withheld_bytes\":2,\"digest\":\"[0-9a-f]{32}\"}\"");
                }
            }
        }
    }

    @Test
    void aChangeThatIsSetAsideSaysWhatItDid() throws IOException {
        Rejected.Reason reason = new Rejected.Reason(0, "contract.null", "name", "is null");
        try (Batch parted = Rows.setAside(row(KNOWN, Operation.UPDATE), new int[0], 0, new int[] {0}, List.of(reason))) {
            assertThat(line(parted, parted.rejected().getFirst(), RowLines.Detail.WITHHELD)).contains("\"operation\":\"update\"");
        }
    }

    /** Its names may be others by the time it is looked for; lines of earlier versions say nothing of it. */
    @Test
    void aLineSaysByWhichOfItsMembersTheRowIsFoundAgain() throws IOException {
        Rejected.Reason reason = new Rejected.Reason(0, "contract.null", "name", "is null");
        try (Batch parted = Rows.setAside(row(KNOWN, Operation.INSERT), new int[0], 0, new int[] {0}, List.of(reason))) {
            String line = "{\"epoch\":1" + line(parted, parted.rejected().getFirst(), RowLines.Detail.WITHHELD).strip();
            QuarantinedRow row = QuarantinedRow.parse(line, "here");
            assertThat(row.key()).isEqualTo(Map.of(1, "id"));
            assertThat(row.row()).contains("\"id\":\"value of id\"");
            QuarantinedRow before = QuarantinedRow.parse(line.replace("\"key\":{\"1\":\"id\"},", ""), "here");
            assertThat(before.key()).isEmpty();
            assertThat(before.row()).isEqualTo(row.row());
        }
    }

    private static String line(Batch batch, Rejected aside, RowLines.Detail detail) throws IOException {
        return new String(
                new RowLines(batch.stream(), 1, batch, aside, Instant.EPOCH, new byte[32], detail).line(0), StandardCharsets.UTF_8);
    }

    private Batch row(StreamSchema schema, Operation operation) {
        try (BatchBuilder builder = new BatchBuilder(schema, allocator)) {
            if (operation != Operation.INSERT) {
                builder.change(operation, 1, 1, 1, 1);
            }
            schema.columns().forEach(column -> builder.set(column.name(), "value of " + column.name()));
            builder.endRow();
            return builder.build(new Position(1, "{}"));
        }
    }

    private static MaskRule redacted(String field) {
        return new MaskRule(
                Optional.of(field), List.of(), MaskRule.Method.REDACT, Optional.empty(), Optional.empty(), 0, 4,
                MaskRule.Truncation.MONTH, MaskRule.Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
    }

    private static Column text(int id, String name) {
        return new Column(id, name, new ColumnType.Text(), true, "text");
    }
}
