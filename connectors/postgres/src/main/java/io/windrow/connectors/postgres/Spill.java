package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are written once, read once and then forgotten: in memory up to one frame, beyond that in a file of AES-256-GCM
 * frames. The key is in this process only, and the file has lost its name as soon as it is open, so that nothing of it is left
 * however the process ends. One thread.
 */
final class Spill implements AutoCloseable {
    /** Plain bytes of a frame. */
    static final int FRAME = 64 << 10;
    private static final int TAG = 16;
    private static final int NONCE = 12;

    private final SpillSpace space;
    private final ByteBuffer plain = ByteBuffer.allocate(FRAME);
    private @Nullable OnDisk disk;
    /** Once it is read: what was in memory behind the last frame on disk. */
    private @Nullable ByteBuffer last;
    private long written;
    private long read;
    private boolean reading;

    /** The file, and what encrypts its frames. */
    private record OnDisk(FileChannel file, Cipher cipher, SecretKey key, ByteBuffer sealed) {
        /** A frame's number is its nonce: no key sees one twice. */
        Cipher begin(int mode, long frame) throws GeneralSecurityException {
            byte[] nonce = ByteBuffer.allocate(NONCE).putInt(0).putLong(frame).array();
            cipher.init(mode, key, new GCMParameterSpec(TAG * 8, nonce));
            return cipher;
        }
    }

    Spill(SpillSpace space) {
        this.space = space;
    }

    void write(byte[] source, int from, int length) {
        int at = from;
        int left = length;
        while (left > 0) {
            if (!plain.hasRemaining()) {
                flush();
            }
            int part = Math.min(left, plain.remaining());
            plain.put(source, at, part);
            at += part;
            left -= part;
        }
    }

    private void flush() {
        try {
            OnDisk on = disk();
            space.take(FRAME + TAG);
            on.sealed().clear();
            on.begin(Cipher.ENCRYPT_MODE, written++).doFinal(plain.flip(), on.sealed());
            on.sealed().flip();
            while (on.sealed().hasRemaining()) {
                on.file().write(on.sealed());
            }
            plain.clear();
        } catch (IOException | GeneralSecurityException e) {
            throw WindrowException.of(
                    LogError.SPILL_FULL, "Keeping a transaction in " + space.folder() + " until its commit: " + e.getMessage());
        }
    }

    private OnDisk disk() throws IOException, GeneralSecurityException {
        OnDisk open = disk;
        if (open == null) {
            KeyGenerator keys = KeyGenerator.getInstance("AES");
            keys.init(256);
            Path path = Files.createTempFile(space.folder(), "spill-", ".enc");
            FileChannel file = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            open = new OnDisk(
                    file, Cipher.getInstance("AES/GCM/NoPadding"), keys.generateKey(), ByteBuffer.allocateDirect(FRAME + TAG));
            disk = open;
        }
        return open;
    }

    /** Reads the next bytes; nothing is written from now on. False: there are none; fewer than asked for are an error. */
    boolean read(byte[] into, int length) {
        int at = 0;
        while (at < length) {
            if ((!reading || !plain.hasRemaining()) && !next()) {
                if (at == 0) {
                    return false;
                }
                throw unreadable("it ends too early");
            }
            int part = Math.min(length - at, plain.remaining());
            plain.get(into, at, part);
            at += part;
        }
        return true;
    }

    /** Goes on to the next frame. The last one was never written: it is what is left in memory. */
    private boolean next() {
        try {
            if (!reading) {
                reading = true;
                if (disk != null && plain.position() > 0) {
                    last = ByteBuffer.allocate(plain.position()).put(plain.flip()).flip();
                } else if (disk == null) {
                    plain.flip();
                    return plain.hasRemaining();
                }
            }
            OnDisk on = disk;
            if (on != null && read < written) {
                ByteBuffer sealed = on.sealed().clear();
                while (sealed.hasRemaining()) {
                    if (on.file().read(sealed, read * (FRAME + TAG) + sealed.position()) < 0) {
                        throw unreadable("its file is too short");
                    }
                }
                plain.clear();
                on.begin(Cipher.DECRYPT_MODE, read++).doFinal(sealed.flip(), plain);
                plain.flip();
                return true;
            }
            ByteBuffer rest = last;
            last = null;
            if (rest == null) {
                return false;
            }
            plain.clear().put(rest).flip();
            return plain.hasRemaining();
        } catch (IOException | GeneralSecurityException e) {
            throw unreadable(String.valueOf(e.getMessage()));
        }
    }

    private static WindrowException unreadable(String why) {
        return WindrowException.of(
                LogError.SPILL_UNREADABLE, "Reading back a transaction that was kept until its commit: " + why);
    }

    @Override
    public void close() {
        space.giveBack(written * (FRAME + TAG));
        written = 0;
        OnDisk open = disk;
        disk = null;
        if (open != null) {
            try {
                open.file().close();
            } catch (IOException e) {
                throw unreadable("closing its file: " + e.getMessage());
            }
        }
    }
}
