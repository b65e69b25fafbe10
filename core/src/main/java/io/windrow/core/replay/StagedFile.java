package io.windrow.core.replay;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.quarantine.StreamFileName;
import io.windrow.core.spool.UnnamedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file with a stream's staged rows. Used by one thread. */
sealed interface StagedFile extends AutoCloseable {
    /** A new file for the stream's rows; refuses to write over one that is to be kept. */
    static StagedFile create(Staging staging, StreamName stream) {
        Path at = switch (staging) {
            case Staging.Kept kept -> kept.folder().resolve(StreamFileName.of(stream) + ".arrows");
            case Staging.Passing passing -> passing.folder();
        };
        try {
            return switch (staging) {
                case Staging.Kept ignored -> new Kept(at, stream, Files.newOutputStream(at, StandardOpenOption.CREATE_NEW));
                case Staging.Passing ignored -> new Passing(at, stream, UnnamedFile.in(at));
            };
        } catch (FileAlreadyExistsException e) {
            throw WindrowException.of(
                            ReplayError.STAGING_FAILED, "Staging rows of " + stream + " in " + at + ": there is such a file", e)
                    .remedy("Move it away, or name another folder for --into.");
        } catch (IOException e) {
            throw failed("Staging", stream, at, e);
        }
    }

    /** The file, or the folder of one without a name. */
    Path at();

    StreamName stream();

    /** Takes the bytes, once. */
    OutputStream out();

    /** The bytes from the first on. */
    InputStream bytes() throws IOException;

    @Override
    void close();

    /** What went wrong with the file, for people. */
    default WindrowException failed(String doing, IOException e) {
        return failed(doing, stream(), at(), e);
    }

    private static WindrowException failed(String doing, StreamName stream, Path at, IOException e) {
        return WindrowException.of(
                ReplayError.STAGING_FAILED,
                doing + " rows of " + stream + " in " + at + ": " + e.getClass().getSimpleName() + ", " + e.getMessage(), e);
    }

    /** It stays. */
    record Kept(Path at, StreamName stream, OutputStream out) implements StagedFile {
        @Override
        public InputStream bytes() throws IOException {
            return Files.newInputStream(at);
        }

        @Override
        public void close() {
            try {
                out.close();
            } catch (IOException e) {
                throw failed("Staging", e);
            }
        }
    }

    /** It goes when it is closed, or with the process. */
    record Passing(Path at, StreamName stream, UnnamedFile file) implements StagedFile {
        @Override
        public OutputStream out() {
            return file.out();
        }

        @Override
        public InputStream bytes() {
            return file.bytes();
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw failed("Staging", e);
            }
        }
    }
}
