package io.windrow.core.spec;

import io.windrow.api.config.Secret;
import java.util.List;

/** A place that references are resolved from, by the scheme before the colon in {@code ${scheme:name}}. Called by one thread. */
public interface SecretProvider {
    /** The scheme. */
    String scheme();

    /** Whether what it gives must never be shown; such references are accepted only where a secret is expected. */
    boolean sensitive();

    /** Looks a name up. */
    Lookup lookup(String name);

    /** What a look-up brought. */
    sealed interface Lookup {
        /** The value. */
        record Found(Secret value) implements Lookup {}

        /**
         * Nothing.
         *
         * @param lookedAt every place that was looked at, and why it did not help
         */
        record Missing(List<String> lookedAt) implements Lookup {}
    }
}
