package io.windrow.core.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnnamedFileTest {
    @TempDir
    Path folder;

    @Test
    void nobodyFindsItInItsFolderAndWhatWasWrittenIsReadAsOftenAsNeedBe() throws IOException {
        byte[] bytes = new byte[300_000];
        new Random(7).nextBytes(bytes);
        try (UnnamedFile file = UnnamedFile.in(folder)) {
            expectNothing();
            try (OutputStream out = file.out()) {
                out.write(bytes[0]);
                out.write(bytes, 1, 100_000);
                out.write(bytes, 100_001, bytes.length - 100_001);
            }
            expectNothing();
            try (InputStream first = file.bytes();
                    InputStream second = file.bytes()) {
                assertThat(first.read()).isEqualTo(bytes[0] & 0xFF);
                assertThat(second.readAllBytes()).isEqualTo(bytes);
                assertThat(first.readNBytes(5)).containsExactly(bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]);
                assertThat(second.read()).isEqualTo(-1);
            }
            assertThat(file.bytes().readAllBytes()).isEqualTo(bytes);
        }
        expectNothing();
    }

    private void expectNothing() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }
}
