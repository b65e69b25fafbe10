package io.windrow.core.seal;

import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Encrypts and decrypts files of one use with data keys that the state store keeps, wrapped. A key is made with a stream's
 * first file of a period, and saved before the file gets its first byte. Without a lease nothing can be encrypted.
 */
public final class DataKeys implements Sealing {
    /** The kind of the documents that hold data keys; their names are the keys' ids. */
    public static final String KIND = "data_key";

    /** The kind of the documents that say which data keys were destroyed; their names are the keys' ids. */
    public static final String DESTROYED = "data_key.destroyed";

    private final SealRules.Keys keys;
    private final Use use;
    private final StateStore store;
    private final String pipeline;
    private final Optional<Lease> lease;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<StreamName, DataKey> current = new HashMap<>();
    private final Map<String, byte[]> opened = new HashMap<>();

    DataKeys(SealRules.Keys keys, Use use, StateStore store, String pipeline, Optional<Lease> lease, Clock clock) {
        this.keys = keys;
        this.use = use;
        this.store = store;
        this.pipeline = pipeline;
        this.lease = lease;
        this.clock = clock;
    }

    /** All data keys of a pipeline, those of both uses. */
    public static List<DataKey> all(StateStore store, String pipeline) {
        return store.documents(pipeline, KIND).stream()
                .map(document -> DataKey.parse(document.name(), document.json()))
                .toList();
    }

    @Override
    public WritableByteChannel encrypting(StreamName stream, WritableByteChannel to) {
        DataKey key;
        byte[] material;
        synchronized (this) {
            key = current(stream);
            material = material(key);
        }
        try {
            return SealedFormat.encrypting(key.id(), material, to);
        } catch (IOException e) {
            throw damaged("Beginning an encrypted file of " + stream, e);
        }
    }

    private DataKey current(StreamName stream) {
        Instant now = clock.instant();
        DataKey known = current.get(stream);
        if (known != null && fits(known, now)) {
            return known;
        }
        DataKey key = all(store, pipeline).stream()
                .filter(kept -> kept.use() == use && kept.stream().equals(stream) && fits(kept, now))
                .findFirst()
                .orElseGet(() -> made(stream, now));
        current.put(stream, key);
        return key;
    }

    /** After a rotation the next file begins a new data key, wrapped by the new key. */
    private boolean fits(DataKey key, Instant now) {
        return key.until().isAfter(now) && !key.from().isAfter(now) && key.wrappedBy().equals(keys.newest().id());
    }

    private DataKey made(StreamName stream, Instant now) {
        Lease holder = lease.orElseThrow(() -> new IllegalStateException("Files are encrypted under a lease only"));
        byte[] name = new byte[SealedFormat.ID_BYTES];
        byte[] material = new byte[SealedFormat.KEY_BYTES];
        random.nextBytes(name);
        random.nextBytes(material);
        DataKey bare = new DataKey(
                HexFormat.of().formatHex(name), use, stream, now, now.plus(keys.period()), keys.newest().id(), "");
        String wrapped = Base64.getEncoder().encodeToString(keys.newest().wrap(material, bare.context()));
        DataKey key = new DataKey(
                bare.id(), use, stream, bare.from(), bare.until(), bare.wrappedBy(), wrapped);
        store.record(holder, KIND, key.id(), key.toJson(), now);
        opened.put(key.id(), material);
        return key;
    }

    @Override
    public SeekableByteChannel decrypting(SeekableByteChannel from) {
        boolean given = false;
        try {
            String id = SealedFormat.keyOf(from);
            SeekableByteChannel plain = SealedFormat.decrypting(id, material(id), from);
            given = true;
            return plain;
        } catch (IOException e) {
            throw damaged("Opening an encrypted file", e);
        } finally {
            if (!given) {
                close(from);
            }
        }
    }

    @Override
    public String keyOf(SeekableByteChannel from) {
        return idIn(from);
    }

    /** The id of the data key that an encrypted file names. */
    public static String idIn(SeekableByteChannel from) {
        try {
            return SealedFormat.keyOf(from);
        } catch (IOException e) {
            throw damaged("Reading which key an encrypted file names", e);
        }
    }

    private synchronized byte[] material(String id) {
        byte[] known = opened.get(id);
        return known != null ? known : material(kept(id));
    }

    private DataKey kept(String id) {
        return all(store, pipeline).stream().filter(key -> key.id().equals(id)).findFirst().orElseThrow(() -> {
            boolean destroyed = store.documents(pipeline, DESTROYED).stream().anyMatch(one -> one.name().equals(id));
            return WindrowException.of(
                    destroyed ? SealError.DATA_KEY_DESTROYED : SealError.DATA_KEY_UNKNOWN,
                    "Looking up data key " + id + " of " + pipeline + ": "
                            + (destroyed ? "it was destroyed" : "the state store does not hold it"));
        });
    }

    private byte[] material(DataKey key) {
        byte[] known = opened.get(key.id());
        if (known != null) {
            return known;
        }
        byte[] material = keys.all().stream()
                .filter(wrapping -> wrapping.id().equals(key.wrappedBy()))
                .findFirst()
                .flatMap(wrapping -> wrapping.unwrap(key.bytes(), key.context()))
                .orElseThrow(() -> WindrowException.of(
                                SealError.WRONG_KEY,
                                "Opening data key " + key.id() + " of " + key.stream() + ": it was wrapped by key "
                                        + key.wrappedBy() + ", given are "
                                        + keys.all().stream().map(WrappingKey::id).toList())
                        .at(keys.place()));
        opened.put(key.id(), material);
        return material;
    }

    private static WindrowException damaged(String doing, IOException e) {
        return WindrowException.of(SealError.FILE_DAMAGED, doing + ": " + e.getMessage(), e);
    }

    private static void close(SeekableByteChannel from) {
        try {
            from.close();
        } catch (IOException e) {
            throw damaged("Closing an encrypted file", e);
        }
    }
}
