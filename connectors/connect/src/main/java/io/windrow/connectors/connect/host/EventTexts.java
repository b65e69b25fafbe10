package io.windrow.connectors.connect.host;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import org.apache.kafka.connect.source.SourceTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Debezium makes a text of each change, with its key, for an attribute of a bean that shows the newest: a third of what its thread
 * does, and there is no setting against it. Its dispatcher has a listener for that, which is replaced by its own that does nothing.
 */
final class EventTexts {
    private static final Logger LOG = LoggerFactory.getLogger(EventTexts.class);
    private static final String LISTENER = "io.debezium.pipeline.source.spi.DataChangeEventListener";

    private EventTexts() {}

    /**
     * A task that has given records makes no more texts; one that is not Debezium's, or is made otherwise than those that are known,
     * goes on as it is. Before that, the connector would put its own listener back.
     */
    static void end(SourceTask task) {
        try {
            Object dispatcher = value(value(task, "coordinator"), "eventDispatcher");
            Class<?> listener = Class.forName(LISTENER, false, task.getClass().getClassLoader());
            dispatcher.getClass().getMethod("setEventListener", listener).invoke(dispatcher, listener.getMethod("NO_OP").invoke(null));
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            LOG.debug("A connector goes on to make a text of each change", e);
        }
    }

    private static Object value(Object object, String name) throws ReflectiveOperationException {
        for (Class<?> type = object.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    Object value = field.get(object);
                    if (value != null) {
                        return value;
                    }
                }
            }
        }
        throw new NoSuchFieldException(name);
    }
}
