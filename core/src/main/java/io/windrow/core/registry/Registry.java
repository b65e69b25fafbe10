package io.windrow.core.registry;

import io.windrow.api.connector.Connector;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.WindrowException;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.source.SourceFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The connectors of this process, by name. Immutable. */
public final class Registry {
    private final Map<String, Connector> connectors;

    private Registry(Map<String, Connector> connectors) {
        this.connectors = connectors;
    }

    /** Every connector on the class path. */
    public static Registry load() {
        List<Connector> found = new ArrayList<>();
        try {
            ServiceLoader.load(Connector.class).forEach(found::add);
        } catch (ServiceConfigurationError | LinkageError broken) {
            throw WindrowException.of(
                    RegistryError.BROKEN_CONNECTOR, "Loading the connectors: " + broken.getMessage(), broken);
        }
        return of(found);
    }

    /** The given connectors. */
    public static Registry of(Collection<? extends Connector> connectors) {
        Map<String, Connector> byName = new TreeMap<>();
        for (Connector connector : connectors) {
            Connector other = byName.put(connector.name(), connector);
            if (other != null) {
                throw WindrowException.of(
                        RegistryError.AMBIGUOUS_CONNECTOR,
                        "Loading the connectors: both " + other.getClass().getName() + " and "
                                + connector.getClass().getName() + " are named " + connector.name());
            }
        }
        return new Registry(byName);
    }

    /** All connectors, by name. */
    public List<Connector> connectors() {
        return List.copyOf(connectors.values());
    }

    /** The connector of that name; an error names the nearest one. */
    public Connector connector(String name) {
        Connector connector = connectors.get(name);
        if (connector == null) {
            String near = NearestName.of(name, connectors.keySet())
                    .map(nearest -> "; did you mean " + nearest + "?")
                    .orElse("; there are " + connectors.keySet());
            throw WindrowException.of(
                    RegistryError.UNKNOWN_CONNECTOR, "Looking up the connector " + name + ": there is none" + near);
        }
        return connector;
    }

    /** How to read from the named system. */
    public SourceFactory<?> source(String name) {
        Optional<SourceFactory<?>> source = connector(name).source();
        return source.orElseThrow(() -> wrongSide(name, "source", names(c -> c.source().isPresent())));
    }

    /** How to write to the named system. */
    public SinkFactory<?> sink(String name) {
        Optional<SinkFactory<?>> sink = connector(name).sink();
        return sink.orElseThrow(() -> wrongSide(name, "sink", names(c -> c.sink().isPresent())));
    }

    /** The error codes of all connectors and the given ones of core and its runners, sorted by code. */
    public List<ErrorCode> errorCodes(Collection<? extends ErrorCode> others) {
        List<ErrorCode> codes = new ArrayList<>(others);
        for (Connector connector : connectors.values()) {
            codes.addAll(connector.errorCodes());
        }
        codes.sort(Comparator.comparing(ErrorCode::code));
        return codes;
    }

    private List<String> names(java.util.function.Predicate<Connector> which) {
        return connectors.values().stream().filter(which).map(Connector::name).toList();
    }

    private static WindrowException wrongSide(String name, String side, List<String> fitting) {
        return WindrowException.of(
                RegistryError.WRONG_SIDE,
                "Looking up the " + side + " " + name + ": this connector is no " + side + "; a " + side + " is one of "
                        + fitting);
    }
}
