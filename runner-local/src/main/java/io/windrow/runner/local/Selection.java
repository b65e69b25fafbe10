package io.windrow.runner.local;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Until;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.compact.CurrentRows;
import io.windrow.core.plan.PlannedStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The streams of a run: those that the pipeline selects and the run is asked for. A run that follows them without end looks
 * again at each of its attempts, since its pipeline file and the tables that a pattern means change meanwhile. Used by the
 * caller's thread.
 */
final class Selection {
    private final RunOptions options;
    private final Map<StreamName, StreamTrack> tracks = new TreeMap<>();
    /** All streams that the pipeline selects, also those that this run is not asked for. */
    private final Set<StreamName> selected = new HashSet<>();
    /** Streams that were read and are selected no more, for the result. */
    private final Map<StreamName, StreamTrack> left = new TreeMap<>();

    Selection(RunOptions options) {
        this.options = options;
    }

    /** The streams that are read. */
    Map<StreamName, StreamTrack> tracks() {
        return tracks;
    }

    /** All that were read in the run. */
    Collection<StreamTrack> all() {
        Map<StreamName, StreamTrack> all = new TreeMap<>(left);
        all.putAll(tracks);
        return all.values();
    }

    /** Whether the streams are to be selected at the beginning of an attempt. */
    boolean isDue() {
        return tracks.isEmpty() || options.until() == Until.STOPPED;
    }

    /**
     * Selects the streams: those that are new join the attempt, those that are no more leave it.
     *
     * @param todo the streams of the attempt
     * @return whether there is another selection than before
     */
    boolean select(List<PlannedStream> streams, Map<StreamName, StreamTrack> todo) {
        Map<StreamName, PlannedStream> all = new TreeMap<>();
        streams.forEach(stream -> all.put(stream.stream(), stream));
        Collection<StreamName> wanted = new ArrayList<>(options.streams().isEmpty() ? all.keySet() : options.streams());
        List<StreamName> unknown = new ArrayList<>(wanted);
        unknown.removeAll(all.keySet());
        if (!unknown.isEmpty() && tracks.isEmpty()) {
            throw WindrowException.of(
                    RunError.UNKNOWN_STREAM,
                    "Selecting streams: the pipeline has no stream " + unknown.getFirst() + ", it has " + all.keySet());
        }
        wanted.retainAll(all.keySet());
        if (wanted.isEmpty()) {
            throw WindrowException.of(RunError.NO_STREAMS, "Selecting streams: the source selects none");
        }
        boolean other = !selected.equals(all.keySet());
        selected.clear();
        selected.addAll(all.keySet());
        for (StreamTrack track : List.copyOf(tracks.values())) {
            if (!wanted.contains(track.stream())) {
                tracks.remove(track.stream());
                todo.remove(track.stream());
                left.put(track.stream(), track);
            }
        }
        for (StreamName name : wanted) {
            PlannedStream stream = all.get(name);
            StreamTrack known = tracks.get(name);
            if (stream != null && (known == null || !known.task().equals(stream))) {
                StreamTrack fresh = new StreamTrack(stream);
                tracks.put(name, fresh);
                todo.put(name, fresh);
                left.remove(name);
                other = true;
            }
        }
        return other;
    }

    /** I10: a table that was dropped or renamed under a wildcard is missed by nobody else. */
    void nameUnselected(List<StreamState> loaded, Announcer announcer) {
        loaded.stream()
                .filter(state -> state.committed().isPresent() && !selected.contains(state.stream()) && !CurrentRows.holds(state))
                .forEach(state -> announcer.tell(
                        "run.stream_unselected",
                        "Stream " + state.stream() + " was delivered before and is selected no more: it was dropped or renamed at the"
                                + " source, or left out of the pipeline file. What was delivered of it stays as it is. If that is meant,"
                                + " 'windrow state reset --stream' has it named no more, by run and verify."));
    }
}
