package io.windrow.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.host.SavedOffsets;
import io.windrow.connectors.connect.record.Halfway;
import io.windrow.connectors.connect.record.LogPlace;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows of a transaction that were delivered from another server's log are passed over, and it is known if they are not all there. */
class TransactionRowsTest {
    private static final StreamName T = new StreamName("shop", "t");
    private static final StreamName U = new StreamName("shop", "u");

    private static LogPlace at(Halfway halfway) {
        return new LogPlace(7, 0, SavedOffsets.NONE).in(new LogPlace.Log("server_id 2", 0), halfway);
    }

    private static TransactionRows owing(Map<String, Map<String, Long>> owed) {
        LogPlace here = at(new Halfway("", Map.of(), owed));
        return new TransactionRows(Map.of(T, here, U, here), here);
    }

    @Test
    @Tag("D30")
    void asManyRowsOfEachTableArePassedOverAsWereDeliveredAndAPlaceAmongThemSaysWhatIsLeft() {
        TransactionRows rows = owing(Map.of("0-1-5", Map.of("shop.t", 2L, "shop.u", 1L)));
        rows.at("0-1-5", 7);
        assertThat(rows.passesOver(T)).isTrue();
        assertThat(rows.halfway()).isEqualTo(
                new Halfway("0-1-5", Map.of("shop.t", 1L), Map.of("0-1-5", Map.of("shop.t", 1L, "shop.u", 1L))));
        LogPlace saved = LogPlace.of(at(rows.halfway()).toPosition());
        assertThat(saved.halfway()).isEqualTo(rows.halfway());
        assertThat(saved.log()).isEqualTo(new LogPlace.Log("server_id 2", 0));

        TransactionRows again = new TransactionRows(Map.of(T, saved, U, saved), saved);
        again.at("0-1-5", 7);
        assertThat(again.passesOver(T)).isTrue();
        assertThat(again.passesOver(T)).isFalse();
        again.taken(T);
        assertThat(again.passesOver(U)).isTrue();
        assertThat(again.halfway()).isEqualTo(new Halfway("0-1-5", Map.of("shop.t", 3L, "shop.u", 1L), Map.of()));
        again.at("0-1-6", 7);
        assertThat(again.passesOver(T)).isFalse();
        again.taken(T);
        assertThat(again.halfway()).isEqualTo(new Halfway("0-1-6", Map.of("shop.t", 1L), Map.of()));
    }

    @Test
    @Tag("D30")
    void aTransactionOfAnotherDomainMayComeBefore() {
        TransactionRows rows = owing(Map.of("0-1-5", Map.of("shop.t", 1L)));
        rows.at("1-1-9", 7);
        assertThat(rows.passesOver(T)).isFalse();
        rows.moved(Map.of("gtids", "0-1-4,1-1-9"));
        rows.at("0-1-5", 7);
        assertThat(rows.passesOver(T)).isTrue();
    }

    @Test
    @Tag("D30")
    void aTransactionThatEndsBeforeAllItsRowsHaveComeIsNotTheOneThatWasDelivered() {
        TransactionRows rows = owing(Map.of("0-1-5", Map.of("shop.t", 2L)));
        rows.at("0-1-5", 7);
        assertThat(rows.passesOver(T)).isTrue();
        assertThatThrownBy(() -> rows.at("0-1-6", 7)).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(ConnectError.SERVER_CHANGED));
        assertThatThrownBy(() -> rows.moved(Map.of("gtids", "0-1-5"))).hasMessageContaining("0-1-5 has fewer rows");
    }

    @Test
    @Tag("D30")
    void aTransactionOfWhichAnEarlierVersionDeliveredRowsIsNotCounted() {
        LogPlace old = new LogPlace(7, 3, SavedOffsets.NONE);
        TransactionRows rows = new TransactionRows(Map.of(T, old), old);
        rows.at("0-1-5", 7);
        rows.taken(T);
        assertThat(rows.halfway()).isEqualTo(Halfway.NONE);
        rows.at("0-1-6", 8);
        rows.taken(T);
        assertThat(rows.halfway()).isEqualTo(new Halfway("0-1-6", Map.of("shop.t", 1L), Map.of()));
    }

    @Test
    @Tag("D30")
    void whatWasReadInTwoPiecesFromTwoServersIsOwedTogether() {
        Halfway halfway = new Halfway("0-1-5", Map.of("shop.t", 3L), Map.of("0-1-5", Map.of("shop.t", 2L), "1-1-9", Map.of("shop.u", 4L)));
        assertThat(halfway.owedAgain()).isEqualTo(Map.of("0-1-5", Map.of("shop.t", 5L), "1-1-9", Map.of("shop.u", 4L)));
    }
}
