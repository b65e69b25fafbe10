package io.windrow.core.dispose;

import io.windrow.api.context.Sealing;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What is, or was, disposed of: names, sizes and hashes, never a value. Saved as intended before anything is deleted, and as
 * done after all of it is.
 *
 * @param id names the disposal
 * @param status how far it is
 * @param at when it was decided
 * @param who decided it
 * @param delivered commits whose files are deleted
 * @param setAside files of quarantined rows that are deleted
 * @param checkpoints ledger entries that are rolled up
 * @param keys data keys that are destroyed
 */
public record DisposalRecord(
        String id, Status status, Instant at, String who, List<Delivered> delivered, List<SetAside> setAside,
        List<Checkpoints> checkpoints, List<Key> keys) {
    public DisposalRecord {
        checkpoints = List.copyOf(checkpoints);
        delivered = List.copyOf(delivered);
        setAside = List.copyOf(setAside);
        keys = List.copyOf(keys);
    }

    /** How far a disposal is. */
    public enum Status {
        /** Decided; anything of it may be done. */
        INTENDED,
        /** All of it is done. */
        DONE
    }

    /**
     * A file.
     *
     * @param path relative to the sink's or the quarantine's root
     * @param bytes its length
     * @param sha256 of its bytes, in hexadecimal; empty if it was gone, or has not been looked at yet
     */
    public record File(String path, long bytes, String sha256) {}

    /**
     * A commit.
     *
     * @param committed when it was made
     * @param rows its rows
     */
    public record Delivered(CommitIdentity identity, Instant committed, long rows, List<File> files) {
        public Delivered {
            files = List.copyOf(files);
        }
    }

    /**
     * A file of rows that were set aside.
     *
     * @param rows the rows that were by its epoch, or by all those that its ledger entry stands for, in this and in other files
     */
    public record SetAside(StreamName stream, long generation, long epoch, long rows, File file) {}

    /**
     * Ledger entries of one generation, one after the other, that become one.
     *
     * @param first the number of the first epoch
     * @param last the number of the last epoch, under which the sum stands
     * @param entries how many they are
     * @param hash the sum of their h_out
     */
    public record Checkpoints(StreamName stream, long generation, long first, long last, long entries, String hash) {}

    /** A data key. */
    public record Key(String id, Sealing.Use use, StreamName stream) {}

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
        return delivered.isEmpty() && setAside.isEmpty() && checkpoints.isEmpty() && keys.isEmpty();
    }

    /** The streams that it speaks of. */
    public Set<StreamName> streams() {
        Set<StreamName> streams = new TreeSet<>();
        delivered.forEach(one -> streams.add(one.identity().stream()));
        setAside.forEach(one -> streams.add(one.stream()));
        checkpoints.forEach(one -> streams.add(one.stream()));
        keys.forEach(key -> streams.add(key.stream()));
        return streams;
    }

    /** The part of it that is of some streams, under another id. */
    DisposalRecord of(String part, Predicate<StreamName> wanted) {
        return new DisposalRecord(
                part, status, at, who,
                delivered.stream().filter(one -> wanted.test(one.identity().stream())).toList(),
                setAside.stream().filter(one -> wanted.test(one.stream())).toList(),
                checkpoints.stream().filter(one -> wanted.test(one.stream())).toList(),
                keys.stream().filter(key -> wanted.test(key.stream())).toList());
    }

    DisposalRecord done(List<Key> destroyed) {
        return new DisposalRecord(id, Status.DONE, at, who, delivered, setAside, checkpoints, destroyed);
    }

    /** Compact JSON. */
    public String toJson() {
        return DisposalJson.write(this);
    }

    /** The inverse of {@link #toJson}. */
    public static DisposalRecord parse(String json) {
        return DisposalJson.read(json);
    }
}
