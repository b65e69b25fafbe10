package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.connectors.postgres.ChangesConfig.OnLimit;
import io.windrow.testkit.conformance.TestContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When a slot holds back too much, or for too long. */
class SlotWatchTest {
    private static final long MIB = 1 << 20;

    @RegisterExtension
    final TestContext context = new TestContext();

    private static SlotFacts at(long confirmed, long retained, long behind) {
        return new SlotFacts("pgoutput", "d", confirmed, "reserved", Optional.empty(), retained, behind, OptionalLong.of(5));
    }

    private Optional<String> observe(SlotWatch watch, SlotFacts facts, long seconds) {
        return watch.observe("s", facts, Duration.ofSeconds(seconds).toNanos(), context);
    }

    @Test
    void Every_pipeline_has_a_slot_of_its_own_however_alike_their_names_are() {
        String most = "x".repeat(55);
        List<String> pipelines = List.of("orders_eu", "orders-eu", "orders.eu", "Orders-EU", "orders_EU", most, most + "1", most + "2");
        List<String> names = pipelines.stream().map(name -> ChangesConfig.DEFAULT.slotOf(name, Optional.empty())).toList();
        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z0-9_]{1,63}"));
        assertThat(names).contains("windrow_orders_eu", "windrow_" + most);
        assertThat(names.get(1)).isEqualTo("windrow_orders_eu");
        assertThat(ChangesConfig.DEFAULT.slotOf("orders_eu", Optional.of("windrow_orders_eu"))).isEqualTo("windrow_orders_eu");
        assertThat(ChangesConfig.DEFAULT.slotOf("orders_eu", Optional.of("another"))).isEqualTo(names.getFirst());
        assertThat(ChangesConfig.DEFAULT.publicationOf("orders_eu", Optional.empty())).isEqualTo(names.getFirst());
    }

    @Test
    void It_is_told_when_the_slot_holds_back_much_and_again_when_that_has_doubled() {
        SlotWatch watch = new SlotWatch(Changes.limited("0", Duration.ZERO, OnLimit.STOP), new SlotWatch.Stand());
        for (long retained : new long[] {MIB, MIB + 1, MIB + 2, 2 * MIB + 3, 3 * MIB, 9 * MIB, 10 * MIB, MIB}) {
            assertThat(observe(watch, at(1, retained, retained), 0)).isEmpty();
        }
        assertThat(context.told()).hasSize(3).allMatch(notice -> notice.startsWith("postgres.log_retained: Slot s holds back "));
    }

    @Test
    void Over_the_limit_in_bytes_or_in_time_is_said_with_both_figures() {
        SlotWatch bytes = new SlotWatch(Changes.limited("4MiB", Duration.ZERO, OnLimit.STOP), new SlotWatch.Stand());
        assertThat(observe(bytes, at(1, 4 * MIB, 1), 0)).isEmpty();
        assertThat(observe(bytes, at(1, 4 * MIB + 1, 1), 0)).hasValueSatisfying(why -> assertThat(why)
                .contains("4194305 bytes").contains("the server drops it after 5 more").contains("limit_retained is 4194304 bytes"));
        SlotWatch time = new SlotWatch(Changes.limited("0", Duration.ofMinutes(1), OnLimit.STOP), new SlotWatch.Stand());
        assertThat(observe(time, at(1, MIB, 100), 0)).isEmpty();
        assertThat(observe(time, at(1, MIB, 200), 60)).isEmpty();
        assertThat(observe(time, at(1, MIB, 300), 61)).isPresent();
        assertThat(observe(time, at(2, MIB, 300), 62)).as("it moved").isEmpty();
        assertThat(observe(time, at(2, MIB, 0), 200)).as("nobody has written").isEmpty();
        assertThat(observe(time, at(2, MIB, 1), 250)).isEmpty();
        assertThat(observe(time, at(2, MIB, 1), 261)).isPresent();
    }

    @Test
    void For_how_long_it_has_not_moved_outlives_the_attempts_that_look_at_it() {
        SlotWatch.Stand stand = new SlotWatch.Stand();
        ChangesConfig config = Changes.limited("0", Duration.ofMinutes(1), OnLimit.STOP);
        assertThat(observe(new SlotWatch(config, stand), at(1, MIB, 100), 0)).isEmpty();
        assertThat(observe(new SlotWatch(config, stand), at(1, MIB, 100), 40)).isEmpty();
        assertThat(observe(new SlotWatch(config, stand), at(1, MIB, 100), 61)).isPresent();
        assertThat(observe(new SlotWatch(config, stand), at(2, MIB, 100), 62)).isEmpty();
    }

    @Test
    void While_tables_are_copied_first_the_slot_may_stand_but_not_hold_back_more_than_its_limit() {
        SlotWatch watch = new SlotWatch(Changes.limited("4MiB", Duration.ofMinutes(1), OnLimit.DROP_SLOT), new SlotWatch.Stand());
        for (long seconds = 0; seconds <= 300; seconds += 100) {
            watch.waits();
            assertThat(observe(watch, at(1, MIB, 100), seconds)).isEmpty();
        }
        assertThat(observe(watch, at(1, MIB, 100), 360)).isEmpty();
        assertThat(observe(watch, at(1, MIB, 100), 361)).hasValueSatisfying(why -> assertThat(why).contains("limit_behind"));
        watch.waits();
        assertThat(observe(watch, at(1, 5 * MIB, 100), 362)).hasValueSatisfying(why -> assertThat(why).contains("limit_retained"));
    }
}
