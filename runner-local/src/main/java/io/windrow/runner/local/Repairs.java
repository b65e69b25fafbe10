package io.windrow.runner.local;

import io.windrow.api.batch.Measure;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Source;
import io.windrow.core.checkpoint.Repair;
import io.windrow.core.checkpoint.StreamEpoch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The repairs that were asked for when an attempt began: the source reads the rows, and what is committed of them is forgotten in the
 * store. Used by the caller's thread.
 */
final class Repairs {
    private final RunParts parts;
    private final LeaseKeeper lease;
    private final Map<StreamName, Repair> asked = new TreeMap<>();

    Repairs(RunParts parts, LeaseKeeper lease) {
        this.parts = parts;
        this.lease = lease;
        parts.store().repairs(parts.job().pipeline()).forEach(repair -> asked.put(repair.stream(), repair));
    }

    /** Streams that were left behind and are asked for are read again with the others: a row may be all that keeps them. */
    void revive(Map<StreamName, StreamTrack> tracks, Map<StreamName, StreamTrack> todo) {
        for (StreamName stream : asked.keySet()) {
            StreamTrack track = tracks.get(stream);
            if (track != null && track.error().isPresent()) {
                parts.announcer().revived(stream);
                todo.put(stream, track);
            }
        }
    }

    /** The keys of the stream whose rows are to be read again. */
    List<List<String>> keys(StreamName stream) {
        return Optional.ofNullable(asked.get(stream)).map(Repair::keys).orElse(List.of());
    }

    /** An epoch of this attempt is committed. The store keeps what was asked for since. */
    void committed(StreamEpoch epoch) {
        Repair repair = asked.get(epoch.stream());
        if (repair == null || epoch.ledger().measures().getOrDefault(Source.REPAIRED, Measure.NONE).count() == 0) {
            return;
        }
        parts.context().failpoints().reach("run.before_repaired");
        lease.check();
        parts.store().repaired(lease.lease(), repair);
        asked.remove(epoch.stream());
        parts.announcer().tell("run.repaired", "Stream " + epoch.stream() + ": the rows of " + repair.keys().size()
                + (repair.keys().size() == 1 ? " key" : " keys") + " were read again, as was asked for at " + repair.askedAt() + ".");
    }
}
