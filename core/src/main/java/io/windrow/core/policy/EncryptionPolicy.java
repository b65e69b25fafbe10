package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import io.windrow.api.config.Secret;
import java.time.Duration;

/** How payload files are encrypted. */
@Doc("How delivered files are encrypted: one data key per stream and period, wrapped by the key given here.")
public record EncryptionPolicy(
        @Doc(value = "The key that wraps the data keys: 32 bytes in base64.", example = "${secret:lake/kek}") Secret key,
        @Doc(value = "How long one data key is used.", defaultValue = "30d") Duration period,
        Origin origin) {}
