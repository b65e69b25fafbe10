package io.windrow.connectors.files.layout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.WriteMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ManifestPageTest {
    private static final Path PAGE = Path.of("../../docs/concepts/files-sink.md");

    /** Readers without Windrow go by this page. */
    @Test
    void thePageNamesEveryFieldOfAManifestAndNoOther() throws IOException {
        Manifest full = new Manifest(
                new CommitIdentity("p", new StreamName("public", "orders"), 2, 3, "d"), 1, WriteMode.APPEND, 1, Optional.of(1L), true,
                Instant.EPOCH, List.of(new Replaced.Commit(1, 1)), List.of(new StagedFile("s", "f", 1, 2, 3, "c")));
        Set<String> fields = new TreeSet<>();
        try (JsonParser json = new JsonFactory().createParser(full.toJson())) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    fields.add(json.currentName());
                }
            }
        }
        String text = Files.readString(PAGE);
        int from = text.indexOf("## The manifest");
        String rows = text.substring(text.indexOf("| `version` |", from), text.indexOf("Only the ending", from));
        // The names of a row's fields are its first cell, and, of lists, those in the meaning.
        Set<String> named = Pattern.compile("`([a-z_0-9]+)`").matcher(rows).results().map((MatchResult name) -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).isEqualTo(fields);
    }
}
