package io.windrow.core.contract;

import java.util.Locale;

/** Which readers must be able to read which rows when a stream's schema gets a new version. */
public enum Compatibility {
    /** Anything goes. */
    NONE,
    /** Who reads by the new version can read rows of the one before it. */
    BACKWARD,
    /** Who reads by the version before can read rows of the new one. */
    FORWARD,
    /** Both. */
    FULL;

    /** As users write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
