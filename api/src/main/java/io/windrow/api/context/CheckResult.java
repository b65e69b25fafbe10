package io.windrow.api.context;

/**
 * The outcome of one check of a connection, a privilege or a setting.
 *
 * @param name what was checked, short
 * @param outcome how it went
 * @param detail one sentence
 * @param remedy what to do, for example the exact GRANT; empty if there is nothing to do
 */
public record CheckResult(String name, Outcome outcome, String detail, String remedy) {
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
        return new CheckResult(name, Outcome.OK, detail, "");
    }

    public static CheckResult warning(String name, String detail, String remedy) {
        return new CheckResult(name, Outcome.WARNING, detail, remedy);
    }

    public static CheckResult failed(String name, String detail, String remedy) {
        return new CheckResult(name, Outcome.FAILED, detail, remedy);
    }
}
