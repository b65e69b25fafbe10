package io.windrow.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.host.SavedOffsets;
import io.windrow.connectors.connect.host.SavedText;
import io.windrow.connectors.connect.record.Halfway;
import io.windrow.connectors.connect.record.LogOrder;
import io.windrow.connectors.connect.record.LogPlace;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    @Tag("D30")
    void onAnotherServerATableHasTheFormThatItHadWhereTheReadingBegins() {
        altered(AHEAD, 10, "created");
        altered(BEHIND, 20, "created there");
        altered(AHEAD, 200, "before");
        altered(AHEAD, 350, "between the two, and read again");
        altered(BEHIND, 500, "read ahead, and read again");
        Map<StreamName, LogPlace> former = Map.of(AHEAD, place(400), BEHIND, place(300));
        LogPlace lowest = new LogPlace(place(7).transaction() + (1L << 40), 0, place(7).offsets()).in(new LogPlace.Log("other", 1L << 40), Halfway.NONE);
        history.moved(former, lowest);
        history.follow(new LogOrder.Binlog(1L << 40));
        assertThat(history.from(Map.of(AHEAD, lowest, BEHIND, lowest), lowest).stream()
                        .map(SavedText::read)
                        .map(line -> line.get("ddl") + " at " + SavedText.object(line, "position").get("pos")))
                .containsExactly("created there at 7", "before at 7");
    }

    @Test
    void theLaterFormInTheLogCountsWhicheverArrivedLast() {
        altered(AHEAD, 10, "created");
        altered(AHEAD, 300, "later");
        altered(AHEAD, 200, "earlier, read again for a stream behind");
        assertThat(told(400, 400)).containsExactly("later at 400");
        assertThat(history.saved(AHEAD)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bin", "bin.", "bin.00000x", "bin.1234567890123456789"})
    void aFileWithoutANumberIsNoPlaceInALog(String file) {
        assertThatThrownBy(() -> LogOrder.Binlog.place(file, 4L)).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(ConnectError.STATE_INVALID));
        assertThat(LogOrder.Binlog.place("a.b.000002", 4L)).isGreaterThan(LogOrder.Binlog.place("a.b.000001", 5L));
    }

    private void said(long position, String ddl) {
        history.add(Set.of(AHEAD, BEHIND), SavedText.write(Map.of(
                "position", offset(position), "ddl", ddl, "databaseName", "other", "tableChanges", List.of())));
    }

    @Test
    @Tag("D21")
    void ofStatementsAboutNoTableTheLastOfEachIsKeptThatSetsACharacterSetOfOurs() {
        altered(AHEAD, 10, "created");
        for (int i = 0; i < 50; i++) {
            said(20 + i, "CREATE DATABASE noise" + i + " CHARACTER SET utf8mb4");
            said(20 + i, "DROP DATABASE noise" + i);
            said(20 + i, "ALTER DATABASE COLLATE utf8mb4_bin");
            said(20 + i, "SET PASSWORD FOR 'u'@'%' = '*HASH" + i + "'");
            said(20 + i, "SET character_set_server=latin" + i + ", collation_server=x" + i);
            said(20 + i, "ALTER DATABASE `shop` CHARACTER SET latin" + i);
        }
        said(90, "ALTER DATABASE shop COMMENT 'of no matter'");
        assertThat(told(100, 100)).containsExactly(
                "created at 100", "SET character_set_server=latin49, collation_server=x49 at 100", "ALTER DATABASE `shop` CHARACTER SET latin49 at 100");
        assertThat(history.saved(AHEAD)).hasSize(3);
        assertThat(history.saved(AHEAD).toString()).doesNotContain("HASH", "noise");
    }

    @Test
    @Tag("D21")
    void whatAnEarlierVersionKeptOfOtherDatabasesIsForgotten() {
        history.restore(AHEAD, List.of(saved(1, "created", List.of(Map.of("id", "\"shop\".\"ahead\""))), saved(2, "SET PASSWORD FOR u = '*HASH'", List.of()),
                saved(3, "CREATE SCHEMA other", List.of()), saved(4, "CREATE DATABASE IF NOT EXISTS Shop", List.of())));
        assertThat(told(400, 400)).containsExactly("created at 400", "CREATE DATABASE IF NOT EXISTS Shop at 400");
        assertThat(history.saved(AHEAD).stream().map(line -> line.get("number"))).containsExactlyInAnyOrder(1L, 4L);
    }

    private static Map<String, Object> saved(long number, String ddl, List<Object> tables) {
        return Map.of("number", number, "text", SavedText.write(Map.of("position", offset(number), "ddl", ddl, "tableChanges", tables)));
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
