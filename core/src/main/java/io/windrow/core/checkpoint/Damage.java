package io.windrow.core.checkpoint;

import io.windrow.api.error.WindrowException;
import org.jspecify.annotations.Nullable;

/** Says where damage was found, so that every such error names the store and what was being done. */
record Damage(String doing, String place) {
    WindrowException found(String what) {
        return found(what, null);
    }

    WindrowException found(String what, @Nullable Throwable cause) {
        String message = doing + ": " + what;
        return (cause == null
                        ? WindrowException.of(CheckpointError.CORRUPTED, message)
                        : WindrowException.of(CheckpointError.CORRUPTED, message, cause))
                .at(place);
    }

    WindrowException conflict(String what) {
        return WindrowException.of(CheckpointError.CONFLICT, doing + ": " + what).at(place);
    }
}
