package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.CopyPlace.Key;
import io.windrow.connectors.postgres.TableCopyTest.Event;
import io.windrow.connectors.postgres.TableCopyTest.Work;
import io.windrow.connectors.postgres.TableCopyTest.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rule by which a change of the log is told from what rows show that were read again, on histories of a database. */
class KeyRepairTest {
    @Test
    void A_place_is_saved_in_this_form_and_read_back() {
        RepairPlace place = new RepairPlace(Set.of(key("7", "ä"), key("10", "")), Visible.parse("750:752:751"), 0x1234);
        assertThat(place.toState()).hasToString(
                "{\"columns\":2,\"keys\":[\"10\",\"\",\"7\",\"ä\"],\"snapshot\":\"750:752:751\",\"until\":\"0/1234\"}");
        assertThat(RepairPlace.of(StateText.parse(place.toState().toString()))).isEqualTo(place);
        for (String bad : List.of("2,\"keys\":[\"1\"]", "0,\"keys\":[\"1\"]", "1,\"keys\":[]")) {
            assertThatThrownBy(() -> RepairPlace.of(StateText.parse("{\"columns\":" + bad + ",\"snapshot\":\"1:1:\",\"until\":\"0/1\"}")))
                    .isInstanceOf(WindrowException.class);
        }
    }

    private static Key key(String... values) {
        return new Key(List.of(values));
    }

    private static Key key(int key) {
        return key(Integer.toString(key));
    }

    /** Who follows, and reads rows again that somebody spoilt at the target: it dies and goes on from what it saved now and then. */
    private static final class Reader {
        final World world;
        final TreeMap<Integer, Integer> target;
        final Set<Integer> spoilt = new TreeSet<>();
        /** What is kept of the request: it goes some time after it is through. */
        List<Key> asked;
        boolean through;
        KeyRepair repair;
        int at;

        Reader(World world) {
            this.world = world;
            // Whatever is in the log was delivered, also what nobody sees yet.
            this.target = new TreeMap<>();
            while (at < world.log.size()) {
                world.log.get(at++).events.forEach(event -> apply(event, false));
            }
            for (int i = 0; i < 12; i++) {
                int key = world.random.nextInt(45);
                spoilt.add(key);
                if (world.random.nextBoolean()) {
                    target.remove(key);
                } else {
                    target.put(key, -1 - key);
                }
            }
            this.asked = spoilt.stream().map(KeyRepairTest::key).toList();
            this.repair = new KeyRepair(asked, Optional.empty());
        }

        /** What is spoilt is there or not; the others are as the log says. */
        private void apply(Event event, boolean strictly) {
            if (event.key() == TableCopyTest.ALL_KEYS) {
                target.clear();
                spoilt.clear();
            } else if (event.value() == null) {
                assertThat(target.remove(event.key()) != null || !strictly || spoilt.contains(event.key())).isTrue();
            } else {
                target.put(event.key(), event.value());
            }
        }

        private void dies() {
            repair = new KeyRepair(
                    through && world.random.nextBoolean() ? List.of() : asked,
                    repair.place().map(place -> RepairPlace.of(StateText.parse(place.toState().toString()))));
        }

        void act() {
            if (world.random.nextInt(10) == 0) {
                dies();
            }
            repair.passed(at);
            if (!repair.isRead() && !repair.waitsForLog() && world.random.nextInt(3) == 0) {
                read();
            } else if (at < world.log.size()) {
                Work work = world.log.get(at++);
                work.events.forEach(event -> hear(work, event));
            }
            if (repair.delivered() > 3) {
                repair.settle(world.visible());
            }
        }

        private void hear(Work work, Event event) {
            if (event.key() == TableCopyTest.ALL_KEYS) {
                repair.emptied(work.id % TableCopyTest.HALF);
            } else if (repair.supersedes(key(event.key()), work.id % TableCopyTest.HALF)) {
                return;
            }
            apply(event, true);
        }

        private void read() {
            if (!repair.isBegun()) {
                repair.begin(world.next++);
            }
            Visible visible = world.visible();
            if (!repair.accepts(visible)) {
                return;
            }
            int until = world.log.size();
            List<Key> next = repair.next().stream().limit(1 + world.random.nextInt(6)).toList();
            List<Key> done = new ArrayList<>();
            for (Key one : next) {
                int key = Integer.parseInt(one.values().getFirst());
                if (world.seen.containsKey(key)) {
                    target.put(key, world.seen.get(key));
                    done.add(one);
                    repair.read(done, visible, until);
                    if (world.random.nextInt(8) == 0) {
                        dies();
                        return;
                    }
                }
            }
            next.stream().map(one -> Integer.parseInt(one.values().getFirst())).filter(key -> !world.seen.containsKey(key)).forEach(target::remove);
            repair.read(next, visible, until);
            through |= repair.isRead();
        }
    }

    @Test
    @Tag("D35")
    @Tag("D39")
    void Whatever_happens_meanwhile_rows_that_are_read_again_and_log_together_make_the_table() {
        int mended = 0;
        for (long seed = 1; seed <= 600; seed++) {
            World world = new World(seed);
            world.published = true;
            for (int i = 0; i < 300; i++) {
                world.act();
            }
            Reader reader = new Reader(world);
            int spoilt = reader.spoilt.size();
            for (int i = 0; i < 500; i++) {
                world.act();
                if (world.random.nextInt(1 + (int) (seed % 6)) == 0) {
                    reader.act();
                }
            }
            while (!world.running.isEmpty() || !world.unseen.isEmpty() || !reader.through || reader.at < world.log.size()) {
                world.finish();
                reader.act();
            }
            assertThat(reader.target).as("seed " + seed).isEqualTo(world.seen);
            mended += spoilt;
        }
        assertThat(mended).isGreaterThan(5_000);
    }
}
