package io.windrow.core.seal;

import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.core.checkpoint.StateStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;

/** Writes the plain bytes of encrypted files elsewhere. The store stays the caller's. Used by one thread. */
public final class Decryption {
    private static final int BUFFER = 1 << 16;

    private final StateStore store;
    private final String pipeline;
    private final Function<Sealing.Use, Optional<Sealing>> seals;

    /** Needs no lease. */
    public Decryption(SealRules rules, StateStore store, String pipeline, Clock clock) {
        this.store = store;
        this.pipeline = pipeline;
        this.seals = rules.open(store, pipeline, Optional.empty(), clock);
    }

    /**
     * Decrypts one file. The target appears once it is whole, proven and durable; what was begun and failed is gone again.
     *
     * @param from the encrypted file, delivered or of quarantined rows; a link is not followed
     * @param to a file that is not there yet; its folder is
     * @return how many bytes it has
     * @throws WindrowException {@link SealError}: the key is missing, wrong or destroyed, or the file is damaged
     */
    public long decrypt(Path from, Path to) {
        Path passing = to.resolveSibling(to.getFileName() + ".decrypting");
        boolean made = false;
        try (SeekableByteChannel plain = open(from);
                FileChannel out = FileChannel.open(passing, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            made = true;
            long bytes = copy(plain, out);
            out.force(true);
            // Without REPLACE_EXISTING: what lies there stays.
            Files.move(passing, to);
            made = false;
            return bytes;
        } catch (FileSystemException e) {
            throw WindrowException.of(SealError.NOT_WRITTEN, "Decrypting " + from + " to " + to + ": " + said(e), e);
        } catch (IOException e) {
            throw WindrowException.of(SealError.FILE_DAMAGED, "Decrypting " + from + ": " + said(e), e);
        } finally {
            if (made) {
                delete(passing);
            }
        }
    }

    private static String said(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getClass().getSimpleName() + ", " + e.getMessage();
    }

    private SeekableByteChannel open(Path from) throws IOException {
        FileChannel file = FileChannel.open(from, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        boolean given = false;
        try {
            String id = SealedFormat.keyOf(file);
            Sealing.Use use = DataKeys.all(store, pipeline).stream()
                    .filter(key -> key.id().equals(id)).map(DataKey::use).findFirst().orElse(Sealing.Use.DELIVERED);
            Sealing keys = seals.apply(use).orElseThrow(() -> WindrowException.of(
                    SealError.NO_KEY, "Decrypting " + from + ": the pipeline names no key for it"));
            given = true;
            return keys.decrypting(file);
        } finally {
            if (!given) {
                file.close();
            }
        }
    }

    private static long copy(SeekableByteChannel plain, FileChannel out) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        long bytes = 0;
        while (plain.read(buffer.clear()) >= 0) {
            buffer.flip();
            bytes += write(buffer, out);
        }
        return bytes;
    }

    /** What fails here says nothing about the encrypted file. */
    private static long write(ByteBuffer buffer, FileChannel out) {
        long bytes = 0;
        try {
            while (buffer.hasRemaining()) {
                bytes += out.write(buffer);
            }
            return bytes;
        } catch (IOException e) {
            throw WindrowException.of(SealError.NOT_WRITTEN, "Writing a decrypted file: " + said(e), e);
        }
    }

    private static void delete(Path passing) {
        try {
            Files.deleteIfExists(passing);
        } catch (IOException e) {
            throw WindrowException.of(
                    SealError.PLAIN_LEFT, "Deleting " + passing + ", which was begun and failed: " + e.getMessage(), e);
        }
    }
}
