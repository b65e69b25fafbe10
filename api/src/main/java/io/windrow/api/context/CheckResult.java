package io.windrow.api.context;

import io.windrow.api.schema.StreamName;
import java.util.Optional;

/**
 * The outcome of one check of a connection, a privilege or a setting.
 *
 * @param name what was checked, short
 * @param outcome how it went
 * @param detail one sentence
 * @param remedy what to do, for example the exact GRANT; empty if there is nothing to do
 * @param stream the only stream that it matters to; empty: all
 */
public record CheckResult(String name, Outcome outcome, String detail, String remedy, Optional<StreamName> stream) {
    /** How a check went. */
    public enum Outcome {
        /** As it should be. */
        OK,
        /** It works, but should be looked at: excess privileges, TLS off. */
        WARNING,
        /** A run would fail. */
        FAILED
    }

    public static CheckResult ok(String name, String detail) {
        return new CheckResult(name, Outcome.OK, detail, "", Optional.empty());
    }

    public static CheckResult warning(String name, String detail, String remedy) {
        return new CheckResult(name, Outcome.WARNING, detail, remedy, Optional.empty());
    }

    public static CheckResult failed(String name, String detail, String remedy) {
        return new CheckResult(name, Outcome.FAILED, detail, remedy, Optional.empty());
    }

    /** The same result as one that matters to this stream only. */
    public CheckResult about(StreamName only) {
        return new CheckResult(name, outcome, detail, remedy, Optional.of(only));
    }
}
