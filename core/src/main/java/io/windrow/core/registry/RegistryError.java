package io.windrow.core.registry;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong when a connector is looked up. */
public enum RegistryError implements ErrorCode {
    /** No connector has that name. */
    UNKNOWN_CONNECTOR(
            "registry.unknown_connector",
            ErrorKind.USER,
            "No connector has this name.",
            "Run `windrow connectors` to see the names; a connector's jar must be on the class path."),
    /** The connector cannot do what is asked of it. */
    WRONG_SIDE(
            "registry.wrong_side",
            ErrorKind.USER,
            "The connector cannot be used on this side of a pipeline.",
            "Run `windrow connectors` to see which connectors are sources and which are sinks."),
    /** Two connectors claim one name. */
    AMBIGUOUS_CONNECTOR(
            "registry.ambiguous_connector",
            ErrorKind.USER,
            "Two connectors on the class path have the same name.",
            "Take one of the two jars off the class path."),
    /** A connector on the class path cannot be loaded. */
    BROKEN_CONNECTOR(
            "registry.broken_connector",
            ErrorKind.USER,
            "A connector on the class path cannot be loaded.",
            "Install the version of the connector that fits this version of Windrow.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    RegistryError(String code, ErrorKind kind, String meaning, String remedy) {
        this.code = code;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public ErrorKind kind() {
        return kind;
    }

    @Override
    public String meaning() {
        return meaning;
    }

    @Override
    public String remedy() {
        return remedy;
    }
}
