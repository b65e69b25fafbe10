package io.windrow.api.sink;

import io.windrow.api.batch.Batch;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Examines what the target holds of a stream by the target's own books, without asking the source. Used by one thread.
 * What is wrong with the data is a {@link Finding}; only what hinders the examination itself is thrown.
 */
public interface DeliveryAudit extends AutoCloseable {
    /** Every commit that the target knows of, by generation and epoch. */
    List<Commit> commits();

    /**
     * Decodes everything that one commit made visible, by a reader that is not the sink's writer, and compares it with
     * the target's books.
     *
     * @param commit one of {@link #commits()}
     * @param rows takes the decoded rows; the batch stays the audit's. Its schema is the one that the rows were written
     *     with. Rows before a damaged place may be given
     */
    Examined examine(Commit commit, Consumer<Batch> rows);

    /** What lies where readers of the stream look and belongs to no commit. */
    List<Finding> strays();

    @Override
    void close();

    /**
     * A commit as the target's books have it.
     *
     * @param identity by what it is recognised
     * @param standing whether readers see its data
     * @param ledger the ledger entry that lies beside the data, if it is there
     */
    record Commit(CommitIdentity identity, Standing standing, Optional<String> ledger) {
        /** Whether readers see its data now. */
        public boolean shown() {
            return standing == Standing.SHOWN;
        }
    }

    /** What became of a commit's data. */
    enum Standing {
        /** Readers see it. */
        SHOWN,
        /** A newer generation took its place or will. */
        REPLACED,
        /** Its time was over, and it was deleted. */
        DISPOSED
    }

    /**
     * What the examination of one commit gave.
     *
     * @param files how many files it has by the books
     * @param rows how many rows were decoded
     * @param bytes how many bytes they have by the books
     * @param complete whether every row was given with the schema that it was written with, so that hashes mean something
     * @param findings what is wrong, or cannot be judged
     */
    record Examined(long files, long rows, long bytes, boolean complete, List<Finding> findings) {
        public Examined {
            findings = List.copyOf(findings);
        }
    }

    /**
     * One thing that is not as the books say.
     *
     * @param kind what sort of thing
     * @param place the file, relative to the sink's root, or the commit
     * @param what one line for people, without values (I11)
     */
    record Finding(Kind kind, String place, String what) {
        /** The sorts of findings. */
        public enum Kind {
            /** A file that the books name is not there. */
            MISSING,
            /** A file is shorter or longer than the books say. */
            LENGTH,
            /** A file's bytes have another checksum than the books say. */
            CHECKSUM,
            /** A file holds another number of rows than the books say. */
            ROWS,
            /** A file cannot be decoded. */
            UNDECODABLE,
            /** The decoded values have another hash than the ledger says. */
            HASH,
            /** The books themselves are gone, cannot be read, or contradict the state store. */
            BOOKS,
            /** Something lies among the data that no commit names. */
            STRAY,
            /** It cannot be judged, and the text says why. */
            UNDECIDABLE
        }
    }
}
