package io.windrow.api.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.SameColumns.Label;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SameColumnsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # A column is renamed, two swap their names, one takes the name of another that gets a new one.
            1 id, 2 name, 3 body | 1 id, 2 name, 3 text | 0, 1, 2
            1 id, 2 name, 3 body | 1 id, 2 body, 3 name | 0, 1, 2
            1 id, 2 name, 3 body | 1 id, 2 body, 3 text | 0, 1, 2
            1 id, 2 name, 3 body | 1 id, 2 title, 3 body, 4 name | 0, 1, 2
            # Columns come and go.
            1 id, 2 name, 3 body | 3 body, 1 id, 4 extra | 1, -1, 0
            # A query has another column in between, a restored table lacks the gap that a dropped column left.
            1 id, 2 name, 3 body | 1 id, 2 extra, 3 name, 4 body | 0, 2, 3
            1 a, 3 b, 4 c | 1 a, 2 b, 3 c | 0, 1, 2
            # Ids that are made of names say nothing about others.
            2 mail, 1000002 mail_previous | 2 e_mail, 1073741900 mail_previous, 1000002 _at | 0, 1
            """)
    void columnsAreTheSameByIdUnlessTheIdsAreGivenAnew(String former, String later, String indexes) {
        assertThat(SameColumns.indexes(labels(former), labels(later)))
                .isEqualTo(Arrays.stream(indexes.split(", ")).map(Integer::valueOf).toList());
    }

    private static List<Label> labels(String text) {
        return Arrays.stream(text.split(", "))
                .map(one -> new Label(Integer.parseInt(one.split(" ")[0]), one.split(" ")[1]))
                .toList();
    }
}
