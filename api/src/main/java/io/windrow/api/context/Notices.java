package io.windrow.api.context;

/** Takes what a user must hear although it is no error: an unproven assumption, an unknown type read as text. */
@FunctionalInterface
public interface Notices {
    /** Drops everything. For tests only. */
    Notices IGNORE = (code, text) -> {};

    /**
     * Tells the user.
     *
     * @param code stable, {@code area.reason}
     * @param text one or two sentences, free of secrets and of row values
     */
    void tell(String code, String text);
}
