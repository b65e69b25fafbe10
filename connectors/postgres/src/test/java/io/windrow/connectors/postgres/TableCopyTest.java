package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.CopyPlace.Key;
import io.windrow.connectors.postgres.CopyPlace.Range;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rule by which a change of the log is told from what copied ranges show, on histories of a database that is a few lines. */
class TableCopyTest {
    static final long HALF = 1L << 32;

    @Test
    void A_snapshot_shows_what_had_ended_before_it_and_an_id_of_the_log_is_the_one_next_to_it() {
        Visible visible = Visible.parse("100:110:100,105");
        assertThat(List.of(99L, 101L, 109L)).allMatch(visible::sees);
        assertThat(List.of(100L, 105L, 110L, 111L)).noneMatch(visible::sees);
        assertThat(visible).hasToString("100:110:100,105");
        assertThat(Visible.parse("7:7:").sees(6)).isTrue();
        for (String bad : List.of("", "1:2", "1:2:x", "1:2:3:4")) {
            assertThatThrownBy(() -> Visible.parse(bad)).isInstanceOf(WindrowException.class);
        }
        assertThat(Visible.whole(5 * HALF + 10, 9)).isEqualTo(5 * HALF + 9);
        assertThat(Visible.whole(5 * HALF + 10, HALF - 1)).isEqualTo(5 * HALF - 1);
        assertThat(Visible.whole(5 * HALF - 10, 3)).isEqualTo(5 * HALF + 3);
        assertThat(Visible.whole(10, HALF - 1)).as("there is none before").isEqualTo(HALF - 1);
    }

    @Test
    void A_place_is_saved_in_this_form_and_read_back() {
        CopyPlace place = new CopyPlace(
                740, Optional.of(new Key(List.of("7", "ä"))),
                Optional.of(new Range(Optional.of(new Key(List.of("9", "z"))), Visible.parse("750:752:751"), 0x1234)), List.of(751L));
        assertThat(place.toState()).hasToString(
                "{\"not_before\":740,\"done\":[\"7\",\"ä\"],\"range\":{\"to\":[\"9\",\"z\"],\"snapshot\":\"750:752:751\",\"until\":\"0/1234\"},\"unseen\":[751]}");
        for (CopyPlace one : List.of(
                place, CopyPlace.begin(3),
                new CopyPlace(1, Optional.empty(), Optional.of(new Range(Optional.empty(), Visible.parse("1:1:"), 5)), List.of()))) {
            assertThat(CopyPlace.of(StateText.parse(one.toState().toString()))).isEqualTo(one);
        }
    }

    /** What happened to a key. */
    record Event(int key, Integer value) {}

    static final int ALL_KEYS = -1;

    /** A transaction: its changes in order; a value of null is a delete, one of {@link #ALL_KEYS} empties the table. */
    static final class Work {
        final long id;
        final boolean published;
        final List<Event> events = new ArrayList<>();

        Work(long id, boolean published) {
            this.id = id;
            this.published = published;
        }
    }

    /**
     * A database with one table. A transaction is in the log before others see it, as long as it likes (a commit that waits for a
     * standby); until they do it keeps its rows locked. One that began before the table was published leaves nothing in the log.
     */
    static final class World {
        final Random random;
        final TreeMap<Integer, Integer> seen = new TreeMap<>();
        final List<Work> running = new ArrayList<>();
        final List<Work> unseen = new ArrayList<>();
        final List<Work> log = new ArrayList<>();
        final Set<Integer> locked = new HashSet<>();
        long next = 7 * HALF - 40;
        boolean published;
        int values;

        World(long seed) {
            random = new Random(seed);
        }

        Visible visible() {
            Set<Long> open = new HashSet<>();
            running.forEach(work -> open.add(work.id));
            unseen.forEach(work -> open.add(work.id));
            return new Visible(open.stream().min(Long::compare).orElse(next), next, open);
        }

        void act() {
            switch (random.nextInt(11)) {
                case 0 -> running.add(new Work(next++, published));
                case 1, 2, 3, 4, 5, 6 -> {
                    if (!running.isEmpty()) {
                        write(running.get(random.nextInt(running.size())));
                    }
                }
                case 7 -> {
                    if (!running.isEmpty()) {
                        Work done = running.remove(random.nextInt(running.size()));
                        if (random.nextInt(5) == 0) {
                            done.events.forEach(event -> locked.remove(event.key));
                        } else {
                            log.add(done);
                            unseen.add(done);
                        }
                    }
                }
                case 8, 9 -> {
                    if (!locked.contains(ALL_KEYS) || random.nextInt(10) == 0) {
                        show();
                    }
                }
                default -> {
                    if (random.nextInt(15) == 0) {
                        finish();
                        Work work = new Work(next++, published);
                        work.events.add(new Event(ALL_KEYS, ALL_KEYS));
                        log.add(work);
                        unseen.add(work);
                        locked.add(ALL_KEYS);
                    }
                }
            }
        }

        private void write(Work work) {
            int key = random.nextInt(40);
            boolean own = work.events.stream().anyMatch(event -> event.key == key);
            if (locked.contains(ALL_KEYS) || !own && !locked.add(key)) {
                return;
            }
            Integer now = seen.get(key);
            for (Event event : work.events) {
                now = event.key == key ? event.value : now;
            }
            work.events.add(new Event(key, now == null || random.nextInt(4) > 0 ? (Integer) values++ : null));
        }

        /** All that goes on comes to its end. */
        void finish() {
            log.addAll(running);
            unseen.addAll(running);
            running.clear();
            while (!unseen.isEmpty()) {
                show();
            }
        }

        void show() {
            if (!unseen.isEmpty()) {
                Work work = unseen.remove(random.nextInt(unseen.size()));
                work.events.forEach(event -> {
                    locked.remove(event.key);
                    apply(seen, event);
                });
            }
        }
    }

    private static void apply(TreeMap<Integer, Integer> state, Event event) {
        if (event.key == ALL_KEYS) {
            state.clear();
        } else if (event.value == null) {
            assertThat(state.remove(event.key)).as("a delete of what is there").isNotNull();
        } else {
            state.put(event.key, event.value);
        }
    }

    /** Who reads: it dies and goes on from what it saved now and then. */
    private static final class Reader {
        final World world;
        final TreeMap<Integer, Integer> target = new TreeMap<>();
        TableCopy copy;
        boolean copied;
        int at;

        Reader(World world) {
            this.world = world;
            world.published = true;
            this.copy = copy(CopyPlace.begin(world.next));
            this.at = world.log.size();
        }

        private static TableCopy copy(CopyPlace place) {
            return new TableCopy(
                    (key, bound) -> Integer.parseInt(key.values().getFirst()) <= Integer.parseInt(bound.values().getFirst()),
                    CopyPlace.of(StateText.parse(place.toState().toString())));
        }

        void act() {
            if (world.random.nextInt(10) == 0) {
                copy = copy(copy.place());
            }
            copied |= copy.passed(at);
            if (!copied && !copy.waitsForLog() && world.random.nextInt(4) == 0) {
                range();
            } else if (at < world.log.size()) {
                Work work = world.log.get(at++);
                if (work.published) {
                    work.events.forEach(event -> hear(work, event));
                }
            }
            if (copy.unseen() > 3) {
                copy.settle(world.visible());
            }
        }

        private void hear(Work work, Event event) {
            if (!copied && event.key == ALL_KEYS) {
                copy.emptied(work.id % HALF);
            } else if (!copied && copy.supersedes(key(event.key), work.id % HALF)) {
                return;
            }
            apply(target, event);
        }

        private void range() {
            Visible visible = world.visible();
            if (!copy.accepts(visible)) {
                return;
            }
            int until = world.log.size();
            int from = copy.place().done().map(key -> Integer.parseInt(key.values().getFirst())).orElse(-1);
            int rows = 1 + world.random.nextInt(3);
            boolean dies = world.random.nextInt(4) == 0;
            for (Map.Entry<Integer, Integer> row : world.seen.tailMap(from, false).entrySet()) {
                assertThat(target.put(row.getKey(), row.getValue())).as("a key is copied once").isNull();
                copy.read(new Range(Optional.of(key(row.getKey())), visible, until));
                if (--rows == 0) {
                    return;
                }
            }
            if (!dies) {
                copy.read(new Range(Optional.empty(), visible, until));
            }
        }

        private static Key key(int key) {
            return new Key(List.of(Integer.toString(key)));
        }
    }

    @Test
    @Tag("D35")
    @Tag("D39")
    void Whatever_happens_meanwhile_ranges_and_log_together_make_the_table() {
        int copies = 0;
        for (long seed = 1; seed <= 400; seed++) {
            World world = new World(seed);
            for (int i = 0; i < 300; i++) {
                world.act();
            }
            Reader reader = new Reader(world);
            for (int i = 0; i < 800; i++) {
                world.act();
                if (world.random.nextInt(1 + (int) (seed % 6)) == 0) {
                    reader.act();
                }
            }
            while (!world.running.isEmpty() || !world.unseen.isEmpty() || !reader.copied || reader.at < world.log.size()) {
                world.finish();
                reader.act();
            }
            assertThat(reader.target).as("seed " + seed).isEqualTo(world.seen);
            copies += reader.target.size();
        }
        assertThat(copies).isGreaterThan(500);
    }
}
