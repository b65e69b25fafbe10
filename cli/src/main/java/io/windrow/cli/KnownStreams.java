package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.registry.NearestName;
import java.util.List;

/** Streams that a state store knows. */
final class KnownStreams {
    private KnownStreams() {}

    static StreamName find(String name, List<StreamState> known) {
        return state(name, known).stream();
    }

    static StreamState state(String name, List<StreamState> known) {
        for (StreamState state : known) {
            if (state.stream().toString().equals(name) || state.stream().name().equals(name)) {
                return state;
            }
        }
        List<String> names = known.stream().map(state -> state.stream().toString()).toList();
        String near = NearestName.of(name, names)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse(names.isEmpty() ? "; the state is empty" : "; there are " + String.join(", ", names));
        throw WindrowException.of(CliError.NO_STATE, "Looking up the state of " + name + ": there is none" + near);
    }
}
