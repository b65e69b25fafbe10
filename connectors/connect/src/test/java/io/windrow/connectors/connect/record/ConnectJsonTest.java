package io.windrow.connectors.connect.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connect's values as JSON. */
class ConnectJsonTest {
    @Test
    @Tag("C19")
    void aNullIsNotTheDefaultOfItsField() {
        Schema form = SchemaBuilder.struct()
                .field("none", SchemaBuilder.int32().optional().defaultValue(7).build())
                .field("some", SchemaBuilder.int32().optional().defaultValue(7).build())
                .build();
        assertThat(ConnectJson.write(form, new Struct(form).put("some", 8))).isEqualTo("{\"none\":null,\"some\":8}");
    }
}
