package io.windrow.connectors.files.layout;

import io.windrow.api.context.Sealing;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriteMode;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the parts of one stream lie, as paths below the root. Data is in the stream's own folder; books and unfinished
 * things are in a folder of the same name below {@code .windrow}, so that no glob over the stream's folder meets them.
 *
 * <pre>
 * public.orders/g…-e…-t…-w…-s….parquet       append: data; ….parquet.enc if it is encrypted
 * public.orders/current                      replace: a link to a generation
 * .windrow/public.orders/generations/g…/     replace: data
 * .windrow/public.orders/staging/…           not yet visible; no format's extension
 * .windrow/public.orders/manifests/g…-e….manifest
 * .windrow/public.orders/ledger/g…-e….ledger
 * .windrow/public.orders/schemas/….schema    the columns, named by the digest of their text
 * .windrow/public.orders/held/…              what would have been deleted, had the stream not been on legal hold
 * </pre>
 *
 * @param name the folder name, made by {@link SafeName}
 */
public record StreamFolder(String name) {
    /** The folder of all books. */
    public static final String BOOKS = ".windrow";

    /** What a file is called while it is being written. */
    public static final String WRITING = ".writing";

    /** What a file is called once it is durable and not yet visible. */
    public static final String STAGED = ".staged";

    private static final String MANIFEST = ".manifest";
    private static final String SUPERSEDED = ".superseded";
    private static final String DISPOSED = ".disposed";
    private static final Pattern EPOCH_NAME = Pattern.compile("g(\\d{1,18})-e(\\d{1,18})(\\.manifest|\\.superseded|\\.disposed)");
    private static final Pattern DATA_NAME = Pattern.compile("g(\\d{1,18})-e(\\d{1,18})-t.*");
    private static final Pattern GENERATION_NAME = Pattern.compile("g(\\d{1,18})");
    private static final Pattern STAGED_NAME = Pattern.compile("t(\\d{1,18})-.*(\\.writing|\\.staged)");
    private static final Pattern SEQUENCE = Pattern.compile("t(\\d{1,18})-g\\d+-w\\d+-s(\\d{1,18})\\..*");

    /** The folder of a stream. */
    public static StreamFolder of(StreamName stream) {
        return new StreamFolder(SafeName.of(stream));
    }

    /** Where a reader finds the stream. */
    public String data() {
        return name;
    }

    /** The books of the stream. */
    public String books() {
        return BOOKS + "/" + name;
    }

    public String staging() {
        return books() + "/staging";
    }

    public String manifests() {
        return books() + "/manifests";
    }

    public String ledgers() {
        return books() + "/ledger";
    }

    /** What the columns of the data are, by the name of a {@link SchemaBook}. */
    public String schemas() {
        return books() + "/schemas";
    }

    public String schema(String schemaName) {
        return schemas() + "/" + schemaName + ".schema";
    }

    public String generations() {
        return books() + "/generations";
    }

    /** The facts about the stream that do not change: whose it is. */
    public String owner() {
        return books() + "/stream";
    }

    public String generation(long generation) {
        return generations() + "/" + generationName(generation);
    }

    /** Replace: the link that readers follow. */
    public String current() {
        return name + "/current";
    }

    /** What {@link #current()} holds for a generation, relative to the link's folder. */
    public String currentTarget(long generation) {
        return "../" + generation(generation);
    }

    /** The generation that a link's target names; empty if it names none. */
    public static Optional<Long> generationOf(String target) {
        Matcher matcher = GENERATION_NAME.matcher(target.substring(target.lastIndexOf('/') + 1));
        return matcher.matches() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
    }

    public String manifest(long generation, long epoch) {
        return manifests() + "/" + epochName(generation, epoch) + MANIFEST;
    }

    public String superseded(long generation, long epoch) {
        return manifests() + "/" + epochName(generation, epoch) + SUPERSEDED;
    }

    /** The manifest of a commit whose files were deleted because their time was over. */
    public String disposed(long generation, long epoch) {
        return manifests() + "/" + epochName(generation, epoch) + DISPOSED;
    }

    /** Where a file of a stream on legal hold lies that would have been deleted. */
    public String held(String file) {
        return books() + "/held/" + file;
    }

    /** Records of what was disposed of. */
    public String disposals() {
        return books() + "/disposals";
    }

    /** The record of one disposal; no format's extension, so that no glob over the root takes it for data. */
    public String disposal(String id) {
        return disposals() + "/" + id + ".disposal";
    }

    public String ledger(long generation, long epoch) {
        return ledgers() + "/" + epochName(generation, epoch) + ".ledger";
    }

    /** The folder that a file of this generation will be visible in. */
    public String visible(WriteMode mode, long generation) {
        return switch (mode) {
            case APPEND -> data();
            case REPLACE -> generation(generation);
            // The plan refuses what the traits do not offer.
            case UPSERT, MIRROR, HISTORY -> throw new IllegalArgumentException("Files have no rows by key: " + mode);
        };
    }

    /** What a manifest's name says; empty for any other name. */
    public static Optional<Book> book(String fileName) {
        Matcher matcher = EPOCH_NAME.matcher(fileName);
        return matcher.matches()
                ? Optional.of(new Book(
                        Long.parseLong(matcher.group(1)),
                        Long.parseLong(matcher.group(2)),
                        state(matcher.group(3))))
                : Optional.empty();
    }

    private static State state(String ending) {
        return switch (ending) {
            case SUPERSEDED -> State.SUPERSEDED;
            case DISPOSED -> State.DISPOSED;
            default -> State.LIVE;
        };
    }

    /** Whether a data file's or a staged file's name says that it is encrypted. */
    public static boolean isSealed(String path) {
        String bare = path.endsWith(WRITING) ? path.substring(0, path.length() - WRITING.length())
                : path.endsWith(STAGED) ? path.substring(0, path.length() - STAGED.length()) : path;
        return bare.endsWith(Sealing.SUFFIX);
    }

    /** The generation and epoch in a data file's name; empty for any other name. */
    public static Optional<Book> dataBook(String fileName) {
        Matcher matcher = DATA_NAME.matcher(fileName);
        return matcher.matches()
                ? Optional.of(new Book(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), State.LIVE))
                : Optional.empty();
    }

    /** The fencing token in a staged file's name; empty for any other name. */
    public static Optional<Long> token(String fileName) {
        Matcher matcher = STAGED_NAME.matcher(fileName);
        return matcher.matches() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
    }

    /** The sequence in the name of a file that was staged under the token; empty for any other name. */
    public static Optional<Long> sequence(String fileName, long token) {
        Matcher matcher = SEQUENCE.matcher(fileName);
        return matcher.matches() && Long.parseLong(matcher.group(1)) == token
                ? Optional.of(Long.parseLong(matcher.group(2)))
                : Optional.empty();
    }

    /** Sorts as text in the order of its numbers. */
    private static String epochName(long generation, long epoch) {
        return generationName(generation) + String.format(Locale.ROOT, "-e%010d", epoch);
    }

    private static String generationName(long generation) {
        return String.format(Locale.ROOT, "g%06d", generation);
    }

    /** The name of a data file without its extension. */
    public static String dataName(long generation, long epoch, long token, int writer, long sequence) {
        return epochName(generation, epoch)
                + String.format(Locale.ROOT, "-t%06d-w%03d-s%06d", token, writer, sequence);
    }

    /** The name of a file in staging without its extension. */
    public static String stagingName(long generation, long token, int writer, long sequence) {
        return String.format(Locale.ROOT, "t%06d-g%06d-w%03d-s%06d", token, generation, writer, sequence);
    }

    /** What became of a manifest's files. */
    public enum State {
        /** They count. */
        LIVE,
        /** A newer generation took their place. */
        SUPERSEDED,
        /** Their time was over: they are deleted. */
        DISPOSED
    }

    /**
     * What a manifest's name says.
     *
     * @param state what became of its files
     */
    public record Book(long generation, long epoch, State state) implements Comparable<Book> {
        /** Whether its files count. */
        public boolean live() {
            return state == State.LIVE;
        }

        @Override
        public int compareTo(Book other) {
            int byGeneration = Long.compare(generation, other.generation);
            return byGeneration != 0 ? byGeneration : Long.compare(epoch, other.epoch);
        }
    }
}
