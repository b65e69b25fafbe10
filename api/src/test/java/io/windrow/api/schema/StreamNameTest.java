package io.windrow.api.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StreamNameTest {
    @Test
    @Tag("C30")
    void differentNamesNeverPrintAlike() {
        List<StreamName> names = List.of(
                new StreamName("a", "b"),
                StreamName.of("a.b"),
                StreamName.of("\"a\".b"),
                new StreamName("a.b", "c"),
                new StreamName("a", "b.c"),
                new StreamName("Center", "x"),
                new StreamName("center", "x"));
        Set<String> printed = new HashSet<>();
        for (StreamName name : names) {
            assertThat(printed.add(name.toString())).as(name.toString()).isTrue();
        }
    }
}
