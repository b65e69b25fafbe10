package io.windrow.core.transform.watermark;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Position;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.KeySum;
import io.windrow.api.source.KeySum.Form;
import io.windrow.api.source.KeySum.Part;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The numbers of keys against those of their form written out. */
class KeyHashesTest {
    private static final List<Column> COLUMNS = List.of(
            new Column(1, "name", new ColumnType.Text(), false, "text"),
            new Column(2, "id", new ColumnType.Int(32, true), false, "integer"),
            new Column(3, "token", new ColumnType.Uuid(), false, "uuid"));
    private static final StreamSchema SCHEMA =
            new StreamSchema(StreamName.of("public.t"), 1, COLUMNS, List.of("id", "name", "token"));
    private static final KeySum KEYS = new KeySum(
            List.of(new Part("id", Form.WHOLE), new Part("name", Form.TEXT), new Part("token", Form.UUID)));

    private final RootAllocator allocator = new RootAllocator(64 << 20);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    private static long expected(int id, String name, UUID token) throws NoSuchAlgorithmException {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(28 + text.length).putLong(id).putInt(text.length).put(text)
                .putLong(token.getMostSignificantBits()).putLong(token.getLeastSignificantBits());
        return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes.array())).getLong();
    }

    @Test
    void theFormOfAKeyIsGoldenHoweverLongItsTextIs() throws NoSuchAlgorithmException {
        List<String> names = List.of(
                "", "a", "İ \uD83D\uDE00", "x".repeat(1011), "x".repeat(1012), "x".repeat(1013), "ü".repeat(5000), "b");
        try (BatchBuilder builder = new BatchBuilder(SCHEMA, allocator)) {
            for (int i = 0; i < names.size(); i++) {
                builder.set("name", names.get(i)).set("id", (long) (i - 3)).set("token", new UUID(i, -i)).endRow();
            }
            try (Batch batch = builder.build(new Position(1, "{}"))) {
                KeyHashes hashes = KeyHashes.of(KEYS, SCHEMA).orElseThrow();
                assertThat(hashes.has(batch)).isTrue();
                for (int i = 0; i < names.size(); i++) {
                    assertThat(hashes.of(i)).as("row " + i).isEqualTo(expected(i - 3, names.get(i), new UUID(i, -i)));
                }
                assertThat(KeyHashes.of(new KeySum(List.of(new Part("id", Form.WHOLE))), SCHEMA).orElseThrow().has(batch)).isTrue();
            }
        }
        // Printed by: SELECT encode(sha256(int8send(1)), 'hex')
        assertThat(ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(ByteBuffer.allocate(8).putLong(1).array())).getLong())
                .isEqualTo(0xcd2662154e6d76b2L);
    }

    @Test
    void rowsThatMayLackAKeyOrHoldItInAnotherTypeAreNotSummedUp() {
        for (Column other : List.of(
                new Column(2, "id", new ColumnType.Int(32, true), true, "integer"),
                new Column(2, "id", new ColumnType.Int(32, false), false, "oid"),
                new Column(2, "id", new ColumnType.Decimal(9, 0), false, "numeric(9,0)"),
                new Column(2, "ident", new ColumnType.Int(32, true), false, "integer"))) {
            StreamSchema schema =
                    new StreamSchema(SCHEMA.stream(), 1, List.of(COLUMNS.get(0), other, COLUMNS.get(2)), List.of());
            assertThat(KeyHashes.of(KEYS, schema)).as(other.toString()).isEmpty();
        }
    }
}
