package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.TableColumns.Form;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation.PublishedColumn;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Columns are written {@code name:type}; a dropped one is {@code -}. */
@Tag("D17")
class TableHistoryTest {
    private static final long PLANNED = 100;

    private static TableColumns columns(long lsn, String text) {
        Map<Integer, Form> columns = new TreeMap<>();
        String[] all = text.split(" ");
        for (int i = 0; i < all.length; i++) {
            if (!all[i].equals("-")) {
                String[] one = all[i].split(":");
                columns.put(i + 1, new Form(one[0], Long.parseLong(one[1]), -1));
            }
        }
        return new TableColumns(lsn, all.length, columns);
    }

    private static List<PublishedColumn> announced(String text) {
        List<PublishedColumn> columns = new ArrayList<>();
        for (String one : text.split(" ")) {
            columns.add(new PublishedColumn(one.split(":")[0], Long.parseLong(one.split(":")[1]), -1, Role.VALUE));
        }
        return columns;
    }

    private static Optional<List<Integer>> numbers(TableHistory history, String announced, long commit) {
        return history.numbers(announced(announced), commit).map(all -> java.util.Arrays.stream(all).boxed().toList());
    }

    private static Optional<List<Integer>> before(String before, String now, String announced) {
        TableColumns planned = columns(PLANNED, now);
        return numbers(
                new TableHistory(before.isEmpty() ? Optional.empty() : Optional.of(columns(50, before)), planned, planned.columns().keySet()),
                announced, PLANNED - 1);
    }

    @Test
    void Names_that_were_swapped_or_changed_stay_with_their_columns() {
        assertThat(before("id:1 a:1 b:1", "id:1 b:1 a:1", "id:1 a:1 b:1")).contains(List.of(1, 2, 3));
        assertThat(before("id:1 a:1 b:1", "id:1 b:1 a:1", "id:1 x:1 b:1")).contains(List.of(1, 2, 3));
        assertThat(before("", "id:1 z:1", "id:1 a:1")).contains(List.of(1, 2));
    }

    @Test
    void A_column_that_came_in_place_of_another_is_not_taken_for_it() {
        assertThat(before("id:1 email:2", "id:1 - email:2", "id:1 email:2 email_new:2")).contains(List.of(1, 2, 3));
        assertThat(before("id:1 email:2", "id:1 - email:2", "id:1 email:2")).isEmpty();
        assertThat(before("id:1 c:1", "id:1 - c:2", "id:1 c:1")).contains(List.of(1, 2));
        assertThat(before("id:1 c:1", "id:1 - c:2", "id:1 c:2")).contains(List.of(1, 3));
        assertThat(before("id:1 b:1", "id:1 - c:1", "id:1 b:1")).contains(List.of(1, 2));
        assertThat(before("id:1 b:1", "id:1 - c:1", "id:1 x:1")).as("b or c").isEmpty();
    }

    @Test
    void What_the_log_has_shown_once_tells_later_columns_apart() {
        TableColumns now = columns(PLANNED, "id:1 - email:2");
        TableHistory history = new TableHistory(Optional.of(columns(50, "id:1 email:2")), now, now.columns().keySet());
        List<PublishedColumn> both = announced("id:1 email:2 email_new:2");
        TableHistory after = history.after(both, history.numbers(both, 60).orElseThrow());
        assertThat(numbers(after, "id:1 email:2", 70)).contains(List.of(1, 3));
    }

    @Test
    void What_was_dropped_long_ago_makes_nothing_unsure_and_what_was_added_later_may_lack() {
        assertThat(before("id:1 - c:1", "id:1 - c:1 d:1", "id:1 c:1")).contains(List.of(1, 3));
        assertThat(before("id:1 - c:1", "id:1 - c:1 d:1", "id:1 c:1 d:1")).contains(List.of(1, 3, 4));
        assertThat(before("id:1 a:1 b:1", "id:1 a:1 -", "id:1 a:1 b:1")).contains(List.of(1, 2, 3));
        assertThat(before("", "id:1 - c:1", "id:1 c:1")).as("as it is now").contains(List.of(1, 3));
        assertThat(before("id:1 a:1 b:1", "id:1 a:1 b:1", "id:1 a:1")).as("a column that has to be there").isEmpty();
    }

    @Test
    void Behind_the_plan_a_table_is_as_it_was_planned_or_has_newer_columns() {
        TableColumns now = columns(PLANNED, "id:1 - c:1");
        TableHistory history = new TableHistory(Optional.of(columns(50, "id:1 c:1")), now, now.columns().keySet());
        assertThat(numbers(history, "id:1 c:1", PLANNED)).contains(List.of(1, 3));
        assertThat(numbers(history, "id:1 c:1 n:1", PLANNED)).contains(List.of(1, 3, 0));
        assertThat(numbers(history, "id:1", PLANNED)).as("dropped since").contains(List.of(1));
        assertThat(numbers(history, "id:1 x:1", PLANNED)).contains(List.of(1, 0));
        assertThat(numbers(history, "c:1 id:1", PLANNED)).as("swapped since").isEmpty();
    }

    @Test
    void A_column_that_is_not_delivered_may_lack() {
        TableColumns now = columns(PLANNED, "id:1 computed:1 c:1");
        TableHistory history = new TableHistory(Optional.of(columns(50, "id:1 computed:1 c:1")), now, java.util.Set.of(1, 3));
        assertThat(numbers(history, "id:1 c:1", PLANNED - 1)).contains(List.of(1, 3));
        assertThat(numbers(history, "id:1 computed:1 c:1", PLANNED - 1)).contains(List.of(1, 2, 3));
    }

    @Test
    void What_is_saved_is_read_back() {
        TableColumns columns = columns(PLANNED, "id:1 - two:25");
        assertThat(TableColumns.of(StateText.parse(columns.toState().toString()))).isEqualTo(columns);
        assertThat(new TableColumns(7, 1, Map.of(1, new Form("a b\"c", 4_000_000_000L, 5))).toState().toString())
                .isEqualTo("{\"lsn\":\"0/7\",\"width\":1,\"all\":[\"1 4000000000 5 a b\\\"c\"]}");
        assertThatThrownBy(() -> TableColumns.of(StateText.parse("{\"lsn\":\"0/7\",\"width\":1,\"all\":[\"x\"]}")))
                .isInstanceOf(WindrowException.class);
    }
}
