package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.registry.NearestName;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Streams that a state store knows. */
final class KnownStreams {
    private KnownStreams() {}

    static StreamName find(String name, List<StreamState> known) {
        return state(name, known).stream();
    }

    static StreamState state(String name, List<StreamState> known) {
        Map<StreamName, StreamState> states = known.stream().collect(Collectors.toMap(StreamState::stream, Function.identity()));
        List<String> names = known.stream().map(state -> state.stream().toString()).toList();
        return named(name, states.keySet()).map(states::get).orElseThrow(() -> WindrowException.of(
                CliError.NO_STATE,
                "Looking up the state of " + name + ": there is none"
                        + NearestName.of(name, names)
                                .map(nearest -> "; did you mean " + nearest + "?")
                                .orElse(names.isEmpty() ? "; the state is empty" : "; there are " + String.join(", ", names))));
    }

    /** The stream of that name; its namespace may be left out where only one stream has the rest. Refuses a choice of several. */
    static Optional<StreamName> named(String name, Collection<StreamName> known) {
        Optional<StreamName> exact = known.stream().filter(stream -> stream.toString().equals(name)).findFirst();
        List<StreamName> byName = known.stream().filter(stream -> stream.name().equals(name)).sorted().toList();
        if (exact.isEmpty() && byName.size() > 1) {
            throw WindrowException.of(
                            CliError.BAD_ARGUMENTS,
                            "Looking up the stream " + name + ": it may be "
                                    + byName.stream().map(StreamName::toString).collect(Collectors.joining(" or ")))
                    .remedy("Give --stream with the namespace, as " + byName.getFirst() + ".");
        }
        return exact.or(() -> byName.stream().findFirst());
    }
}
