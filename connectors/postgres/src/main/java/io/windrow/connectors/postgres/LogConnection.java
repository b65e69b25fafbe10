package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.codec.LogForm;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyDual;

/**
 * A replication connection. Messages are read where they lie if the connection is not encrypted, as those of a copy are.
 * The reader's thread only, but for {@link #wakeUp}.
 */
final class LogConnection implements AutoCloseable {
    private static final int DATA_HEADER = 25;
    /** Of a message that memory does not hold so much is read, which says of what table it is. */
    private static final int KEPT_BYTES = DATA_HEADER + 64;
    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** The major version from which on the log comes in protocol version 4. */
    private static final int PARALLEL_SINCE = 16;

    private final Session session;
    private final SilentSender sender;
    private final Wire wire;
    private final boolean encrypted;
    /** We ask the server for an answer every few seconds; one that gives none for so long is not there any more. */
    private final long silenceNanos;
    private @Nullable CopyDual copy;
    private Wire.@Nullable Frames frames;
    private byte[] bytes = new byte[0];
    private int from;
    private int to;
    private long lsn;
    private long heard = System.nanoTime();
    /** How many pieces of messages had come when somebody looked last. */
    private long pieces;
    /** Since when the slot is asked for; 0: it was not. */
    private long asked;
    /** Whether the server wants to hear of us at once. */
    private boolean asksBack;

    /** What came. */
    enum Next {
        /** A message of the log: {@link #bytes} from {@link #from} to {@link #to}, of the record at {@link #lsn}. */
        MESSAGE,
        /** The beginning of a message that memory does not hold, as {@link #MESSAGE}, which has {@link #size} bytes. */
        BEGINNING,
        /** The server says that everything up to {@link #lsn} was sent. */
        ALIVE,
        /** Nothing by the deadline. */
        NOTHING
    }

    private LogConnection(Session session, SilentSender sender, Wire wire, boolean encrypted, long silenceNanos) {
        this.silenceNanos = silenceNanos;
        this.session = session;
        this.sender = sender;
        this.wire = wire;
        this.encrypted = encrypted;
    }

    static LogConnection open(PostgresSource source) {
        boolean encrypted = !"disable".equals(source.address().parameters().get("sslmode"));
        Wire wire = new Wire(encrypted ? Wire.Content.TLS : Wire.Content.MESSAGES);
        Session session = Session.open(source.address(), source.config(), wire, Session.Purpose.REPLICATION);
        return new LogConnection(
                session, new SilentSender(source, session.process()), wire, encrypted, source.config().silence().toNanos());
    }

    /**
     * Runs a replication command and gives its first row, for which the server may wait for other transactions: for so long,
     * or until the source is woken.
     */
    List<@Nullable String> command(PostgresSource source, Duration patience, String command) throws SQLException {
        session.execute("SET lock_timeout = " + patience.toMillis());
        return source.asking(session, () -> session.row(command));
    }

    /** Runs a command and gives its first row, which the server has at hand. */
    List<@Nullable String> ask(String command) throws SQLException {
        return session.promptly(() -> session.row(command));
    }

    /** What is sent beside the rows of tables. */
    enum Beside {
        NOTHING,
        /** Applications' messages. */
        MESSAGES
    }

    /** In which form values are sent. */
    enum Values {
        BINARY,
        /** As texts, which is slower, but every type has one. */
        TEXT;

        /** What suits all streams. */
        static Values of(Collection<FollowedStream> streams) {
            return streams.stream()
                            .flatMap(stream -> stream.shape().plans().stream())
                            .anyMatch(plan -> plan.logForm() == LogForm.TEXT_ON_REQUEST)
                    ? TEXT
                    : BINARY;
        }
    }

    /** Whether the log is streamed. */
    boolean isStarted() {
        return copy != null;
    }

    /**
     * Begins to stream from the slot. A reader that has gone keeps it for as long as the server does not notice, which is no longer
     * than a server may be silent.
     *
     * @return false: another reader has the slot by the deadline still, or we were woken; to be asked again
     */
    boolean start(LogSplit split, ChangesConfig config, Beside beside, Values values, long start, long deadlineNanos)
            throws SQLException, IOException {
        String command = command(split, config, beside, values, start);
        long now;
        do {
            // Once more behind the limit, too: the process itself may have stood still meanwhile.
            now = System.nanoTime();
            asked = asked == 0 ? now : asked;
            if (starts(split.slot(), command, now - asked >= silenceNanos)) {
                return true;
            }
            wire.await(Math.min(deadlineNanos, now + ASK_AGAIN_NANOS));
        } while (!wire.takeWoken() && System.nanoTime() - deadlineNanos < 0);
        return false;
    }

    private boolean starts(String slot, String command, boolean last) throws SQLException, IOException {
        try {
            copy = session.promptly(() -> session.copyDual(command));
        } catch (SQLException e) {
            if (LogFailures.isInUse(e) && !last) {
                return false;
            }
            Optional<WindrowException> gone = LogFailures.gone("Opening the slot " + slot, e);
            if (gone.isPresent()) {
                throw gone.get();
            }
            throw e;
        }
        wire.patience(silenceNanos);
        wire.streaming();
        frames = wire.frames();
        heard = System.nanoTime();
        return true;
    }

    private String command(LogSplit split, ChangesConfig config, Beside beside, Values values, long start) throws SQLException {
        return "START_REPLICATION SLOT " + Identifier.quoted(split.slot()) + " LOGICAL " + Lsn.text(start)
                + " (publication_names " + Identifier.literal(Identifier.quoted(split.publication()))
                + switch (values) {
                    case BINARY -> ", binary 'true'";
                    case TEXT -> "";
                }
                + switch (config.inProgress()) {
                    case WAIT -> ", proto_version '1'";
                    case STREAM -> major() >= PARALLEL_SINCE
                            ? ", proto_version '4', streaming 'parallel'"
                            : ", proto_version '2', streaming 'on'";
                }
                + switch (beside) {
                    case NOTHING -> "";
                    case MESSAGES -> ", messages 'true'";
                }
                + switch (config.origin()) {
                    case ANY -> "";
                    case NONE -> ", origin 'none'";
                }
                + ")";
    }

    private int major() throws SQLException {
        return session.connection().getMetaData().getDatabaseMajorVersion();
    }

    Next next(long deadlineNanos) throws SQLException, IOException {
        try {
            return read(deadlineNanos);
        } catch (SQLException e) {
            // The driver gives up a message that does not go on; to it that is a broken connection like any other.
            if (isSilent()) {
                throw silent();
            }
            throw e;
        }
    }

    private Next read(long deadlineNanos) throws SQLException, IOException {
        Wire.Frames onWire = frames;
        if (onWire == null) {
            return readByDriver(deadlineNanos);
        }
        onWire.consumed();
        return switch (onWire.next(deadlineNanos)) {
            case ROW -> took(onWire.bytes(), onWire.from(), onWire.to());
            case TOO_LARGE -> {
                onWire.passOver(KEPT_BYTES);
                yield read(deadlineNanos);
            }
            case BEGINNING -> {
                took(onWire.bytes(), onWire.from(), onWire.to());
                yield Next.BEGINNING;
            }
            case NOT_YET -> {
                wire.takeWoken();
                if (wire.heard() != pieces) {
                    // A large message may take long to come.
                    pieces = wire.heard();
                    heard = System.nanoTime();
                }
                expectSender();
                yield Next.NOTHING;
            }
            case OTHER -> took(running().readFromCopy(true));
        };
    }

    private Next readByDriver(long deadlineNanos) throws SQLException, IOException {
        CopyDual running = running();
        byte[] message = running.readFromCopy(false);
        if (message != null) {
            return took(message);
        }
        expectSender();
        if (wire.takeWoken() || !wire.await(deadlineNanos)) {
            wire.takeWoken();
            return Next.NOTHING;
        }
        return took(running.readFromCopy(encrypted));
    }

    private WindrowException gone() {
        return WindrowException.of(
                PostgresError.CONNECTION_LOST, "Reading the change log behind " + Lsn.text(lsn) + ": the server ended the stream");
    }

    private Next took(byte @Nullable [] message) {
        if (message == null) {
            throw gone();
        }
        return took(message, 0, message.length);
    }

    private Next took(byte[] message, int begin, int end) {
        heard = System.nanoTime();
        byte kind = end > begin ? message[begin] : 0;
        if (kind == 'w' && end - begin >= DATA_HEADER) {
            lsn = ByteBuffer.wrap(message).getLong(begin + 1);
            bytes = message;
            from = begin + DATA_HEADER;
            to = end;
            return Next.MESSAGE;
        }
        if (kind == 'k' && end - begin == 18) {
            lsn = ByteBuffer.wrap(message).getLong(begin + 1);
            asksBack = message[end - 1] != 0;
            return Next.ALIVE;
        }
        throw WindrowException.of(
                LogError.MESSAGE_UNKNOWN, "Reading the change log behind " + Lsn.text(lsn) + ": a frame of the kind " + kind);
    }

    private boolean isSilent() {
        return System.nanoTime() - heard > silenceNanos;
    }

    /** One that is at work is waited for, and asked again when it has been silent for as long once more. */
    private void expectSender() {
        if (!isSilent()) {
            sender.close();
            return;
        }
        switch (sender.ask()) {
            case ASKED -> {
                // The next look sees the answer.
            }
            case AT_WORK -> heard = System.nanoTime();
            case DEAD -> throw silent();
        }
    }

    private WindrowException silent() {
        return WindrowException.of(
                LogError.SILENT,
                "Reading the change log behind " + Lsn.text(lsn) + ": the server has not answered for "
                        + TimeUnit.NANOSECONDS.toSeconds(silenceNanos) + " s");
    }

    /**
     * Whether the server, when it said last that it is {@link Next#ALIVE}, wanted a {@link #report} at once: it may give up
     * whoever says nothing after less than our own rhythm.
     */
    boolean asksBack() {
        return asksBack;
    }

    byte[] bytes() {
        return bytes;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    long lsn() {
        return lsn;
    }

    /** How many bytes the message has of which the beginning came, and how many are the most. */
    String size() {
        Wire.Frames onWire = frames;
        return (onWire == null ? 0 : onWire.size() - DATA_HEADER) + " bytes, expected at most " + wire.largestRow();
    }

    void largestRow(long most) {
        wire.largestRow(most);
    }

    /**
     * Tells the server what was received and what may be let go, and asks for an answer. Also while a message is taken in, which
     * stays as it is.
     */
    void report(long received, long released) throws SQLException {
        ByteBuffer status = ByteBuffer.allocate(34);
        status.put((byte) 'r').putLong(received).putLong(released).putLong(released);
        status.putLong(TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()) - 946_684_800_000_000L).put((byte) 1);
        Wire.Frames onWire = frames;
        if (onWire == null) {
            write(status);
            return;
        }
        // The driver looks for an answer when it writes, and would take messages off the wire one by one.
        onWire.withhold();
        try {
            write(status);
        } finally {
            onWire.offer();
        }
    }

    private void write(ByteBuffer status) throws SQLException {
        CopyDual running = running();
        running.writeToCopy(status.array(), 0, status.capacity());
        running.flushCopy();
    }

    private CopyDual running() {
        CopyDual current = copy;
        if (current == null) {
            throw WindrowException.of(PostgresError.PLANNER_MISUSED, "Reading the change log: it was not started");
        }
        return current;
    }

    void wakeUp() {
        wire.wake();
    }

    @Override
    public void close() {
        sender.close();
        if (copy == null) {
            session.close();
        } else {
            session.drop();
        }
        wire.close();
    }
}
