package io.windrow.core.quarantine;

import io.windrow.api.context.Sealing;
import io.windrow.api.schema.StreamName;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/** A file of lines being written, encrypted if there is a key. Buffered. Closing it without {@link #finish} ends nothing. */
final class QuarantineOutput extends OutputStream {
    private static final int BUFFER = 1 << 16;

    private final FileChannel file;
    private final MessageDigest digest = QuarantineFolder.sha256();
    private final Optional<WritableByteChannel> cipher;
    private final OutputStream lines;

    QuarantineOutput(Path path, StreamName stream, Optional<Sealing> sealing) throws IOException {
        file = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        OutputStream raw = new DigestOutputStream(Channels.newOutputStream(file), digest);
        boolean ready = false;
        try {
            cipher = sealing.map(keys -> keys.encrypting(stream, Channels.newChannel(raw)));
            ready = true;
        } finally {
            if (!ready) {
                file.close();
            }
        }
        lines = new BufferedOutputStream(cipher.map(Channels::newOutputStream).orElse(raw), BUFFER);
    }

    @Override
    public void write(int b) throws IOException {
        lines.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        lines.write(bytes, from, length);
    }

    /** Writes what is left; gives the SHA-256 of the bytes as they lie in the file. */
    String finish() throws IOException {
        lines.flush();
        if (cipher.isPresent()) {
            cipher.get().close();
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Makes what was finished durable. */
    void sync() throws IOException {
        file.force(true);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
