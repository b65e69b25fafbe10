package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columns_line_up_also_with_wide_characters_and_colours() {
        assertThat(Table.of("name", ">rows", "what").row("干草", 5, "x").row("\u001b[32mgrass\u001b[0m", 12345, "").row("é", 1, "y").lines())
                .containsExactly(
                        "name    rows  what",
                        "干草       5  x",
                        "\u001b[32mgrass\u001b[0m  12345",
                        "é          1  y");
    }

    @Test
    void numbers_and_sizes_read_the_same_in_every_locale() {
        assertThat(Screen.number(1234567)).isEqualTo("1,234,567");
        assertThat(Screen.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Screen.seconds(75)).isEqualTo("1:15 min");
    }
}
