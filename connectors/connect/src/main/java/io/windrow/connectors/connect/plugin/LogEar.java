package io.windrow.connectors.connect.plugin;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.EventHeaderV4;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.QueryEventData;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.TransactionPayloadEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer.EventDataWrapper;
import com.github.shyiko.mysql.binlog.jmx.BinaryLogClientStatistics;
import io.windrow.connectors.connect.host.LogWatch;
import java.lang.reflect.Field;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;

/**
 * Hears the binary log's client of Debezium's connectors for MariaDB and MySQL, which have no place where one could ask for that: it
 * is found by the names of their fields, and a version that names them otherwise is refused. Any event that is not known to be either
 * read by the connector or without a change counts as one that is passed over.
 */
public final class LogEar implements LogWatch.Ear {
    /** An event that a reader who does not know it may pass over. */
    private static final int IGNORABLE = 0x80;

    private static final String[] CLIENT = {"coordinator", "changeEventSourceFactory", "binaryLogClient"};

    /** What came last. */
    private EventType before = EventType.UNKNOWN;

    /** Called by the host. */
    public LogEar() {}

    @Override
    public void listen(SourceTask task, LogWatch watch) {
        Object found = task;
        for (String name : CLIENT) {
            found = value(found, name);
        }
        BinaryLogClient client = (BinaryLogClient) found;
        BinaryLogClient.EventListener own = event -> hear(event, watch);
        client.registerEventListener(own);
        // The connector hears the client from before it connects. Whoever comes before it has missed nothing, and hears each event first.
        for (BinaryLogClient.EventListener listener : client.getEventListeners()) {
            if (listener == own) {
                return;
            }
            if (!(listener instanceof BinaryLogClientStatistics)) {
                throw new RetriableException("the connector has begun to read before anybody could hear it");
            }
        }
    }

    private static Object value(Object of, String name) {
        for (Class<?> type = of.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    return value(of, field);
                }
            }
        }
        throw new NoSuchFieldError(of.getClass().getName() + "." + name);
    }

    private static Object value(Object of, Field field) {
        field.setAccessible(true);
        try {
            Object value = field.get(of);
            if (value == null) {
                throw new RetriableException("the connector has no " + field.getName() + " yet");
            }
            return value;
        } catch (IllegalAccessException e) {
            throw new IllegalAccessError(e.getMessage());
        }
    }

    private void hear(Event event, LogWatch watch) {
        EventType last = before;
        before = event.getHeader().getEventType();
        EventData data = EventDataWrapper.internal(event.getData());
        switch (before) {
            case QUERY -> {
                if (data instanceof QueryEventData query) {
                    watch.statement(text(query.getDatabase()), text(query.getSql()));
                } else {
                    watch.unreadable("QUERY");
                }
            }
            case TABLE_MAP -> {
                // One that cannot be read is an error of the connector's own.
                if (data instanceof TableMapEventData table) {
                    watch.rowsOf(table.getDatabase(), table.getTable());
                }
            }
            case GTID, ANONYMOUS_GTID, MARIADB_GTID -> watch.began();
            case TRANSACTION_PAYLOAD -> {
                if (data instanceof TransactionPayloadEventData payload) {
                    payload.getUncompressedEvents().forEach(one -> hear(one, watch));
                } else {
                    watch.unreadable("TRANSACTION_PAYLOAD");
                }
            }
            case EXECUTE_LOAD_QUERY -> watch.loaded();
            case INCIDENT -> {
                // The connector makes one of an event that it fails to read, and then fails.
                if (data == null) {
                    watch.unreadable("INCIDENT");
                }
            }
            case UNKNOWN -> {
                // The one behind a file's head says that the log is encrypted on the server's disk.
                if (last != EventType.FORMAT_DESCRIPTION && !isIgnorable(event)) {
                    watch.unreadable("UNKNOWN");
                }
            }
            case WRITE_ROWS, UPDATE_ROWS, DELETE_ROWS, EXT_WRITE_ROWS, EXT_UPDATE_ROWS, EXT_DELETE_ROWS, XID, XA_PREPARE, STOP, ROTATE, INTVAR,
                    RAND, USER_VAR, FORMAT_DESCRIPTION, BEGIN_LOAD_QUERY, APPEND_BLOCK, DELETE_FILE, HEARTBEAT, IGNORABLE, ROWS_QUERY,
                    PREVIOUS_GTIDS, TRANSACTION_CONTEXT, VIEW_CHANGE, ANNOTATE_ROWS, BINLOG_CHECKPOINT, MARIADB_GTID_LIST -> {}
            default -> newer(before.name(), watch);
        }
    }

    /** What the client of a newer line of Debezium tells and its connector reads. */
    private static void newer(String type, LogWatch watch) {
        switch (type) {
            case "GTID_TAGGED" -> watch.began();
            case "HEARTBEAT_V2" -> {}
            default -> watch.unreadable(type);
        }
    }

    private static boolean isIgnorable(Event event) {
        return event.getHeader() instanceof EventHeaderV4 header && (header.getFlags() & IGNORABLE) != 0;
    }

    private static String text(@Nullable String given) {
        return given == null ? "" : given;
    }
}
