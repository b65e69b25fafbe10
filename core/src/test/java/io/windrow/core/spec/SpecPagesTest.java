package io.windrow.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.windrow.core.registry.Registry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecPagesTest {
    private static final Registry REGISTRY = Registry.of(List.of(new Meadow()));
    private static final String GOOD =
            """
            {"pipeline": "p", "source": {"meadow": {"url": "${env:X}", "streams": [{"table": "a"}], "fetch_rows": 5,
             "connect_timeout": "5s", "verify_tls": false}},
             "sink": {"meadow": {"path": "out", "target_size": "1MiB"}},
             "run": {"on_error": "stop", "parallelism": "${env:N}"}, "write": {"a": "append"}}
            """;

    private static List<?> problems(String json) {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SpecSchema.write(REGISTRY));
        return schema.validate(json, InputFormat.JSON);
    }

    @Test
    void the_schema_accepts_a_good_file() {
        assertThat(problems(GOOD)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\"fetch_rows\": 5|\"fetch_rows\": \"x\"", "\"5s\"|\"5 parsecs\"", "\"path\": \"out\",|", "\"stop\"|\"halt\"",
        "\"fetch_rows\"|\"fetch_row\"", "\"append\"|\"upend\"", "\"pipeline\": \"p\",|"
    })
    void the_schema_refuses_what_the_parser_refuses(String change) {
        String[] parts = change.split("\\|", -1);
        assertThat(GOOD).contains(parts[0]);
        assertThat(problems(GOOD.replace(parts[0], parts[1]))).isNotEmpty();
    }

    @Test
    void the_reference_names_every_key_and_default() {
        assertThat(SpecReference.pipeline(REGISTRY))
                .contains("## `source.meadow.streams`", "| `fetch_rows` | whole number | `1_000` |", "| `url` | secret | required |")
                .contains("`epoch_every` | duration | `60s`", "`continue`, `stop`");
        assertThat(SpecReference.errors(List.of(SpecError.values()))).contains("| `spec.unknown_key` | user |");
    }
}
