package io.windrow.connectors.files.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.StreamName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C30")
@Tag("C32")
class SafeNameTest {
    private static final String[] PIECES = {
        "a", "A", "Z", "z", "0", ".", "..", "/", "\\", "\"", "'", " ", "%", "~", "_", "-", "é", "e\u0301", "İ", "ı", "ß", "🚜",
        "\u0001", "\n", "CON", "nul", "\ud800", "*", "?", ":", "%41", "~~", "select"
    };

    @Test
    void ordinaryNamesReadAsTheyAre() {
        assertThat(SafeName.of(new StreamName("public", "order_items2"))).isEqualTo("public.order_items2");
        assertThat(SafeName.of(StreamName.of("orders"))).isEqualTo("orders");
        assertThat(SafeName.of(new StreamName("Albatross2", "retailerId"))).isEqualTo("albatross2.retailerid~80001");
        assertThat(SafeName.of(StreamName.of("a/b.c"))).isEqualTo("a%2fb%2ec");
        assertThat(SafeName.of(StreamName.of("con"))).isEqualTo("%63on");
    }

    @Test
    void differentNamesHaveDifferentFoldersEvenWhereCaseDoesNotCount() {
        Random random = new Random(42);
        Map<String, StreamName> taken = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            StreamName stream = new StreamName(random.nextBoolean() ? "" : name(random, 3), name(random, 4));
            String folder = SafeName.of(stream);
            assertThat(folder.length()).isBetween(1, 200);
            assertThat(folder).doesNotContain("/", "\\", "\"", "'", "*", "\n").doesNotStartWith(".").doesNotEndWith(".");
            StreamName other = taken.put(folder.toLowerCase(Locale.ROOT), stream);
            assertThat(other == null || other.equals(stream)).as(stream + " and " + other + " are both " + folder).isTrue();
        }
    }

    private static String name(Random random, int pieces) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i <= random.nextInt(pieces); i++) {
            name.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return name.toString();
    }

    @Test
    void longNamesAreCutAndStayDifferent() {
        Set<String> folders = new HashSet<>();
        for (String last : List.of("a", "A", "b", "🚜")) {
            folders.add(SafeName.of(new StreamName("🚜".repeat(15), "Ü".repeat(30) + last)));
        }
        assertThat(folders).hasSize(4).allMatch(folder -> folder.length() <= 200);
    }

    @Test
    void partitionValuesAreEscapedAsHiveDoes() {
        assertThat(SafeName.partitionValue("a/b=c%")).isEqualTo("a%2Fb%3Dc%25");
        assertThat(SafeName.partitionValue("..")).isEqualTo("%2E%2E");
        assertThat(SafeName.partitionValue(SafeName.NULL_PARTITION)).isNotEqualTo(SafeName.NULL_PARTITION);
    }
}
