package io.windrow.core.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.quarantine.DiscardRecords.Cut;
import io.windrow.core.quarantine.DiscardRecords.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscardRecordsTest {
    private static final StreamName STREAM = new StreamName("public", "orders");

    @TempDir
    Path folder;

    /** A record is whole before its rows leave, so one that was cut short speaks of rows that are still there. */
    @Test
    void aRecordThatWasCutShortSaysNothingAndTheNextBeginsALine() throws IOException {
        QuarantineFolder quarantine = new QuarantineFolder(folder, "p", Optional.empty());
        DiscardRecords records = new DiscardRecords(quarantine);
        Path file = folder.resolve("p.discarded.jsonl");
        String whole = line(records, quarantine, file);
        for (int length = 1; length < whole.length(); length++) {
            Files.writeString(file, whole.substring(0, length));
            assertThat(records.threwAway(STREAM, Set.of(3L))).as(whole.substring(0, length)).isFalse();
        }
        Files.writeString(file, whole.substring(0, whole.length() / 2));
        records.add("me", Instant.EPOCH, End.THROWN_AWAY, List.of(), List.of(cut(quarantine)));
        assertThat(Files.readAllLines(file)).containsExactly(whole.substring(0, whole.length() / 2), whole);
        assertThat(records.threwAway(STREAM, Set.of(3L))).isTrue();
        assertThat(records.threwAway(STREAM, Set.of(4L))).isFalse();
        Files.writeString(file, "{\"time\":oops}\n", StandardOpenOption.TRUNCATE_EXISTING);
        assertThatThrownBy(() -> records.threwAway(STREAM, Set.of(3L))).isInstanceOf(WindrowException.class);
    }

    private static String line(DiscardRecords records, QuarantineFolder quarantine, Path file) throws IOException {
        records.add("me", Instant.EPOCH, End.THROWN_AWAY, List.of(), List.of(cut(quarantine)));
        return Files.readString(file).stripTrailing();
    }

    private static Cut cut(QuarantineFolder quarantine) {
        return new Cut(quarantine.of(STREAM) + "/" + new QuarantineFolder.Name(3, 1, 1, 0).text() + ".jsonl", 2, 0, "00");
    }
}
