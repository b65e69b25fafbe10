package io.windrow.core.compact;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowFileTest {
    private static final StreamSchema SCHEMA = new StreamSchema(
            StreamName.of("t"), 1, List.of(new Column(1, "v", new ColumnType.Text(), true, "text")), List.of());

    @TempDir
    Path folder;

    @Test
    void rowsThatArePutAsideAreFoundByNobodyElse() throws IOException {
        try (RootAllocator allocator = new RootAllocator(64 << 20);
                RowFile file = RowFile.create(folder, SCHEMA, allocator)) {
            for (String value : List.of("canary", "b".repeat(200_000))) {
                try (VectorSchemaRoot rows = VectorSchemaRoot.create(ArrowTypes.schema(SCHEMA), allocator)) {
                    ((VarCharVector) rows.getVector(0)).setSafe(0, value.getBytes(StandardCharsets.UTF_8));
                    rows.setRowCount(1);
                    file.add(rows);
                }
                expectNothing();
            }
            file.end();
            assertThat(read(file)).isEqualTo(read(file)).hasSize(2).startsWith("canary");
            expectNothing();
        }
        expectNothing();
    }

    private static List<String> read(RowFile file) {
        List<String> values = new ArrayList<>();
        try (RowFile.Rows rows = file.rows()) {
            for (Optional<VectorSchemaRoot> some = rows.next(); some.isPresent(); some = rows.next()) {
                values.add(some.get().getVector(0).getObject(0).toString());
            }
        }
        return values;
    }

    private void expectNothing() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }
}
