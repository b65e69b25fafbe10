package io.windrow.connectors.postgres;

import io.windrow.api.source.PlannerState;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a read in ranges of the key remembers.
 *
 * @param snapshot the snapshot of the last run that read some of it, as pg_snapshot's text
 * @param system the cluster's id, empty if unknown
 * @param cuts where each range but the first begins, as text of the first key column
 * @param ended the ranges that were read to their end, by the ids of their splits
 * @param done whether all of them were
 * @param origin of what it was read; states of older versions lack all of it
 * @param before what was read under the snapshots of earlier runs, the oldest first
 */
record RangeState(
        String snapshot, String system, List<String> cuts, List<String> ended, boolean done, Origin origin, List<Earlier> before) {
    RangeState {
        cuts = List.copyOf(cuts);
        ended = List.copyOf(ended);
        before = List.copyOf(before);
    }

    /**
     * What rows are read of.
     *
     * @param relation the table by its oid
     * @param selection a digest of the settings that choose rows
     * @param key the key's columns with their types; empty: unknown
     */
    record Origin(OptionalLong relation, Optional<String> selection, List<String> key) {
        Origin {
            key = List.copyOf(key);
        }

        static Origin of(StreamShape shape) {
            return new Origin(
                    shape.relation().map(relation -> OptionalLong.of(relation.oid())).orElse(OptionalLong.empty()),
                    Optional.of(shape.selection()),
                    shape.schema().key().stream().map(name -> name + " " + shape.column(name).display()).toList());
        }
    }

    /**
     * What an earlier run read.
     *
     * @param ended the ranges that it ended
     * @param begun the ranges that it was the first to read rows of, and did not end
     */
    record Earlier(String snapshot, List<String> ended, List<String> begun) {
        Earlier {
            ended = List.copyOf(ended);
            begun = List.copyOf(begun);
        }
    }

    static RangeState of(PlannerState state) {
        StateText text = StateText.parse(state.text());
        if (state.version() != StreamRead.STATE_VERSION || !text.text("read").equals("ranges")) {
            throw StateText.invalid("the stream was not read in ranges before");
        }
        return new RangeState(
                text.text("snapshot"),
                text.text("system"),
                text.texts("cuts"),
                text.texts("ended"),
                text.flag("done"),
                new Origin(text.optionalNumber("relation"), text.optionalText("selection"), text.texts("key")),
                text.objects("before").stream()
                        .map(one -> new Earlier(one.text("snapshot"), one.texts("ended"), one.texts("begun")))
                        .toList());
    }

    PlannerState toState() {
        StateText text = StateText.create()
                .with("read", "ranges")
                .with("snapshot", snapshot)
                .with("system", system)
                .with("cuts", cuts)
                .with("ended", ended)
                .with("done", done)
                .with("selection", origin.selection());
        origin.relation().ifPresent(oid -> text.with("relation", oid));
        if (!origin.key().isEmpty()) {
            text.with("key", origin.key());
        }
        if (!before.isEmpty()) {
            text.with("before", before.stream()
                    .map(one -> StateText.create()
                            .with("snapshot", one.snapshot())
                            .with("ended", one.ended())
                            .with("begun", one.begun()))
                    .toList());
        }
        return new PlannerState(StreamRead.STATE_VERSION, text.toString());
    }

    /** Why its ranges are none of what is to be read now; empty: reading may go on. What a state does not tell is no reason. */
    Optional<String> strange(Origin now, String systemNow) {
        if (!system.isEmpty() && !systemNow.isEmpty() && !system.equals(systemNow)) {
            return Optional.of("cluster.changed");
        }
        if (origin.relation().isPresent() && !origin.relation().equals(now.relation())) {
            return Optional.of("table.replaced");
        }
        if (!origin.key().isEmpty() && !origin.key().equals(now.key())) {
            return Optional.of("key.changed");
        }
        return origin.selection().isPresent() && !origin.selection().equals(now.selection())
                ? Optional.of("selection.changed")
                : Optional.empty();
    }

    /** What was read up to now, once another run goes on. */
    List<Earlier> earlier() {
        Set<String> own = new HashSet<>(ended);
        before.forEach(one -> one.ended().forEach(own::remove));
        List<Earlier> all = new ArrayList<>(before);
        all.add(new Earlier(snapshot, own.stream().sorted().toList(), List.of()));
        return all;
    }

    /** Under which snapshots rows of the range were read that holds a key: the first and the last, or the only one. */
    List<String> snapshots(String firstOfKey) {
        int range = 0;
        while (range < cuts.size() && new BigInteger(cuts.get(range)).compareTo(new BigInteger(firstOfKey)) <= 0) {
            range++;
        }
        String suffix = "-" + range;
        List<String> found = new ArrayList<>();
        for (Earlier one : before) {
            if (one.begun().stream().anyMatch(id -> id.endsWith(suffix))) {
                found.add(one.snapshot());
            }
            if (one.ended().stream().anyMatch(id -> id.endsWith(suffix))) {
                found.add(one.snapshot());
                return found;
            }
        }
        found.add(snapshot);
        return found;
    }
}
