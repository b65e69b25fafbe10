package io.windrow.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.host.SavedOffsets;
import io.windrow.connectors.connect.host.SavedText;
import io.windrow.connectors.connect.record.LogOrder;
import io.windrow.connectors.connect.record.LogPlace;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which forms of tables a connector is told, by where its streams stand. */
class HistoryTest {
    private static final StreamName AHEAD = new StreamName("shop", "ahead");
    private static final StreamName BEHIND = new StreamName("shop", "behind");

    private final History history = new History(new LogOrder.Binlog());

    private static LogPlace place(long position) {
        Map<String, Object> offset = offset(position);
        return new LogPlace(new LogOrder.Binlog().place(offset, new LogOrder.Before(0, Map.of())), 0,
                SavedOffsets.NONE.with(Map.of("server", "s"), offset));
    }

    private static Map<String, Object> offset(long position) {
        return Map.of("file", "bin.000001", "pos", position);
    }

    private void altered(StreamName stream, long position, String ddl) {
        history.add(Set.of(AHEAD, BEHIND), SavedText.write(Map.of(
                "position", offset(position), "ddl", ddl,
                "tableChanges", List.of(Map.of("id", "\"" + stream.namespace() + "\".\"" + stream.name() + "\"")))));
    }

    /** What is told, as the statement and its place. */
    private List<String> told(long ahead, long behind) {
        return history.from(Map.of(AHEAD, place(ahead), BEHIND, place(behind)), place(Math.min(ahead, behind))).stream()
                .map(SavedText::read)
                .map(line -> line.get("ddl") + " at " + SavedText.object(line, "position").get("pos"))
                .toList();
    }

    @Test
    void theLaterFormInTheLogCountsWhicheverArrivedLast() {
        altered(AHEAD, 10, "created");
        altered(AHEAD, 300, "later");
        altered(AHEAD, 200, "earlier, read again for a stream behind");
        assertThat(told(400, 400)).containsExactly("later at 400");
        assertThat(history.saved(AHEAD)).hasSize(1);
    }

    @Test
    void aTableThatIsAheadKeepsTheFormOfTheLowestPlaceAndAllBehind() {
        altered(AHEAD, 10, "created");
        altered(BEHIND, 20, "created too");
        altered(AHEAD, 200, "altered");
        assertThat(told(300, 100)).containsExactly("created at 100", "created too at 100", "altered at 200");
        assertThat(history.saved(AHEAD)).hasSize(2);
    }

    @Test
    void aTableThatWasCopiedFurtherOnIsTakenForWhatItWasThen() {
        altered(AHEAD, 200, "copied");
        altered(AHEAD, 150, "altered before");
        altered(AHEAD, 250, "altered behind");
        assertThat(told(300, 100)).containsExactly("copied at 100", "altered behind at 250");
    }
}
