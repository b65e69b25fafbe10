package io.windrow.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.connectors.jdbc.catalog.SourceTypeTable;
import io.windrow.connectors.jdbc.sql.TypeTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TypeTableTest {
    @Test
    void theReferencePageOfSourcesSaysWhatTheirDialectsDo() throws IOException {
        Path target = Files.writeString(Files.createDirectories(Path.of("target")).resolve("jdbc-source-types.md"), SourceTypeTable.page());
        assertThat(Path.of("..", "..", "docs", "reference", "jdbc-source-types.md"))
                .as("docs/reference/jdbc-source-types.md has drifted: copy connectors/jdbc/%s over it", target)
                .hasContent(SourceTypeTable.page());
    }

    @Test
    void theReferencePageSaysWhatTheDialectsDo() throws IOException {
        Path target = Files.writeString(Files.createDirectories(Path.of("target")).resolve("jdbc-types.md"), TypeTable.page());
        assertThat(Path.of("..", "..", "docs", "reference", "jdbc-types.md"))
                .as("docs/reference/jdbc-types.md has drifted: copy connectors/jdbc/%s over it", target)
                .hasContent(TypeTable.page());
    }
}
