package io.windrow.api.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ByteSizeTest {
    @Test
    void sizesAreReadAndPrintedInTheLargestWholeUnit() {
        assertThat(ByteSize.parse("512").bytes()).isEqualTo(512);
        assertThat(ByteSize.parse("64KiB").bytes()).isEqualTo(65_536);
        assertThat(ByteSize.parse("1MB").bytes()).isEqualTo(1_000_000);
        assertThat(ByteSize.parse("2 GiB")).hasToString("2GiB");
        assertThat(new ByteSize(1000)).hasToString("1000");
    }

    @Test
    void whatIsNoSizeIsRefusedWithTheFormsThatAre() {
        assertThatThrownBy(() -> ByteSize.parse("lots")).hasMessageContaining("64KiB");
        assertThatThrownBy(() -> ByteSize.parse("-1")).hasMessageContaining("64KiB");
    }

    @Test
    void aSecretNeverPrintsItself() {
        assertThat(Secret.of("canary")).hasToString("***");
        assertThat(Secret.of("canary").reveal()).isEqualTo("canary");
    }
}
