package io.windrow.runner.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaChangeTest {
    private static StreamSchema schema(Column... columns) {
        return new StreamSchema(StreamName.of("a"), 1, List.of(columns), List.of());
    }

    private static Column column(int id, String name, String type) {
        return new Column(id, name, new ColumnType.Text(), true, type);
    }

    @Test
    void everyColumnThatChangedIsNamed() {
        StreamSchema before = schema(column(1, "id", "text"), column(2, "amount", "text"), column(3, "note", "text"));
        StreamSchema after = schema(column(1, "id", "text"), column(2, "amount", "varchar(9)"), column(4, "colour", "text"));
        assertThat(WriteSide.change(before, after)).isEqualTo(
                "column amount was text and is varchar(9), column colour was added, column note was dropped");
        assertThat(WriteSide.change(before, schema(column(2, "amount", "text"), column(1, "id", "text"), column(3, "note", "text"))))
                .isEqualTo("the order of the columns or the key changed");
    }
}
