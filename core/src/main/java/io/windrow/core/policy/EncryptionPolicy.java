package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import io.windrow.api.config.Secret;
import java.time.Duration;
import java.util.List;

/**
 * How payload files are encrypted.
 *
 * @param key wraps new data keys
 * @param formerKeys open older ones
 * @param period how long one data key is used
 * @param origin where the section stands
 */
@Doc("How delivered files are encrypted: one data key per stream and period, wrapped by the key given here.")
public record EncryptionPolicy(
        @Doc(value = "The key that wraps the data keys: 32 bytes in Base64.", example = "${secret:lake/kek}") Secret key,
        @Doc("Keys that were used before a rotation: files that were written with them stay readable. Give each as ${secret:…}.")
                List<Secret> formerKeys,
        @Doc(value = "How long one data key is used.", defaultValue = "30d") Duration period,
        Origin origin) {
    public EncryptionPolicy {
        formerKeys = List.copyOf(formerKeys);
    }
}
