package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that wait on disk until their transaction is committed. */
class SpillTest {
    @TempDir
    Path folder;

    @Test
    void What_was_written_in_any_pieces_is_read_in_any_pieces() {
        Random random = new Random(20260101);
        for (int size : List.of(0, 1, Spill.FRAME - 1, Spill.FRAME, Spill.FRAME + 1, 5 * Spill.FRAME, 5 * Spill.FRAME + 77)) {
            SpillSpace space = new SpillSpace(folder, 1 << 20);
            byte[] wrote = new byte[size];
            random.nextBytes(wrote);
            try (Spill spill = new Spill(space)) {
                for (int at = 0; at < size; ) {
                    int piece = Math.min(size - at, 1 + random.nextInt(100_000));
                    spill.write(wrote, at, piece);
                    at += piece;
                }
                byte[] read = new byte[size];
                for (int at = 0; at < size; ) {
                    byte[] piece = new byte[Math.min(size - at, 1 + random.nextInt(100_000))];
                    assertThat(spill.read(piece, piece.length)).isTrue();
                    System.arraycopy(piece, 0, read, at, piece.length);
                    at += piece.length;
                }
                assertThat(read).isEqualTo(wrote);
                assertThat(spill.read(new byte[1], 1)).as("the end").isFalse();
            }
            assertThat(space.used()).isZero();
        }
    }

    @Test
    void More_than_the_limit_is_refused_with_a_code_and_what_is_closed_makes_room() {
        SpillSpace space = new SpillSpace(folder, 200_000);
        byte[] much = new byte[300_000];
        try (Spill spill = new Spill(space)) {
            assertThatThrownBy(() -> spill.write(much, 0, much.length)).isInstanceOfSatisfying(WindrowException.class, e -> {
                assertThat(e.errorCode()).isEqualTo(LogError.SPILL_FULL);
                assertThat(e.kind()).isEqualTo(ErrorKind.RESOURCE);
            });
        }
        try (Spill spill = new Spill(space)) {
            spill.write(much, 0, 150_000);
            assertThat(spill.read(new byte[150_000], 150_000)).isTrue();
        }
    }

    @Test
    void Nothing_of_it_is_found_in_the_folder_and_a_frame_that_was_altered_is_not_read() throws IOException {
        SpillSpace space = new SpillSpace(folder, 1 << 20);
        byte[] secret = "a value that nobody may read ".repeat(10_000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        try (Spill spill = new Spill(space)) {
            spill.write(secret, 0, secret.length);
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).as("the file has lost its name").isEmpty();
            }
            Path open = held();
            assertThat(new String(Files.readAllBytes(open), java.nio.charset.StandardCharsets.ISO_8859_1)).doesNotContain("nobody may read");
            byte[] bytes = Files.readAllBytes(open);
            bytes[100] ^= 1;
            Files.write(open, bytes);
            assertThatThrownBy(() -> spill.read(new byte[10], 10)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LogError.SPILL_UNREADABLE));
        }
    }

    /** The open file, by the process's own list of them. */
    private Path held() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
            for (Path handle : handles.toList()) {
                if (Files.isSymbolicLink(handle) && Files.readSymbolicLink(handle).toString().startsWith(folder.toString())) {
                    found.add(handle);
                }
            }
        }
        assertThat(found).hasSize(1);
        return found.getFirst();
    }
}
