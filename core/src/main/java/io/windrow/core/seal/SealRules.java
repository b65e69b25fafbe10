package io.windrow.core.seal;

import io.windrow.api.config.Origin;
import io.windrow.api.config.Secret;
import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.policy.EncryptionPolicy;
import io.windrow.core.policy.Governance;
import io.windrow.core.policy.QuarantinePolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a pipeline asks to be encrypted.
 *
 * @param delivered the keys of delivered files; empty: they are written as they are
 * @param setAside the keys of rows that were set aside; empty: they are written as they are
 */
public record SealRules(Optional<Keys> delivered, Optional<Keys> setAside) {
    /** Nothing is encrypted. */
    public static final SealRules NONE = new SealRules(Optional.empty(), Optional.empty());

    /** How long a data key of quarantined rows is used where the pipeline does not say. */
    private static final Duration PERIOD = Duration.ofDays(30);

    /**
     * The wrapping keys for one use.
     *
     * @param newest wraps new data keys
     * @param former open older ones
     * @param period how long one data key is used
     * @param place where the key stands in the pipeline file
     */
    public record Keys(WrappingKey newest, List<WrappingKey> former, Duration period, String place) {
        public Keys {
            former = List.copyOf(former);
        }

        List<WrappingKey> all() {
            List<WrappingKey> all = new ArrayList<>(List.of(newest));
            all.addAll(former);
            return all;
        }

        private void expectAll(List<DataKey> kept, Sealing.Use use) {
            List<String> given = all().stream().map(WrappingKey::id).toList();
            kept.stream().filter(key -> key.use() == use && !given.contains(key.wrappedBy())).findFirst().ifPresent(key -> {
                throw WindrowException.of(
                                SealError.WRONG_KEY,
                                "Looking at the data keys of " + key.stream() + ": one was wrapped by key " + key.wrappedBy()
                                        + ", given are " + given)
                        .at(place);
            });
        }
    }

    /**
     * The rules of a pipeline. Rows that are set aside are encrypted by {@code quarantine.key}, or else as delivered files
     * are: a pipeline that encrypts never keeps a row in the clear.
     */
    public static SealRules of(Governance governance) {
        if (governance.encryption().isEmpty()
                && governance.quarantine().flatMap(QuarantinePolicy::key).isEmpty()) {
            return NONE;
        }
        Optional<Keys> delivered = governance.encryption()
                .map(policy -> keys(policy.key(), policy.formerKeys(), policy.period(), policy.origin()));
        Duration period = governance.encryption().map(EncryptionPolicy::period).orElse(PERIOD);
        Optional<Keys> setAside = governance.quarantine()
                .flatMap(policy -> policy.key().map(key -> keys(key, policy.formerKeys(), period, policy.origin())))
                .or(() -> delivered);
        return new SealRules(delivered, setAside);
    }

    private static Keys keys(Secret key, List<Secret> former, Duration period, Origin origin) {
        String place = origin.toString();
        return new Keys(
                WrappingKey.of(key, place), former.stream().map(one -> WrappingKey.of(one, place)).toList(), period, place);
    }

    /**
     * Refuses to write more files while a data key is kept that none of the given keys opens: what was written so far could not
     * be read any more.
     *
     * @throws WindrowException {@link SealError#WRONG_KEY}
     */
    public void expectKeys(StateStore store, String pipeline) {
        if (delivered.isPresent() || setAside.isPresent()) {
            List<DataKey> kept = DataKeys.all(store, pipeline);
            delivered.ifPresent(keys -> keys.expectAll(kept, Sealing.Use.DELIVERED));
            setAside.ifPresent(keys -> keys.expectAll(kept, Sealing.Use.SET_ASIDE));
        }
    }

    /**
     * Gives what encrypts and decrypts files of a use.
     *
     * @param store keeps the data keys; stays the caller's
     * @param lease of whoever is to write files; without it they can only be read
     */
    public Function<Sealing.Use, Optional<Sealing>> open(
            StateStore store, String pipeline, Optional<Lease> lease, Clock clock) {
        Optional<Sealing> ofDelivered = delivered.map(
                keys -> new DataKeys(keys, Sealing.Use.DELIVERED, store, pipeline, lease, clock));
        Optional<Sealing> ofSetAside = setAside.map(
                keys -> new DataKeys(keys, Sealing.Use.SET_ASIDE, store, pipeline, lease, clock));
        return use -> switch (use) {
            case DELIVERED -> ofDelivered;
            case SET_ASIDE -> ofSetAside;
        };
    }
}
