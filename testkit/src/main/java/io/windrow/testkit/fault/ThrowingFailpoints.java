package io.windrow.testkit.fault;

import io.windrow.api.context.Failpoints;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Throws at chosen places, once each, and remembers every place that was reached. Safe for use by many threads. */
public final class ThrowingFailpoints implements Failpoints {
    private final Map<String, Supplier<? extends RuntimeException>> armed = new ConcurrentHashMap<>();
    private final List<String> reached = new CopyOnWriteArrayList<>();

    /** The next time that the place is reached, the exception is thrown; from then on the place does nothing again. */
    public ThrowingFailpoints throwAt(String name, Supplier<? extends RuntimeException> exception) {
        armed.put(name, exception);
        return this;
    }

    @Override
    public void reach(String name) {
        reached.add(name);
        Supplier<? extends RuntimeException> exception = armed.remove(name);
        if (exception != null) {
            throw exception.get();
        }
    }

    /** The places reached so far, in order. */
    public List<String> reached() {
        return List.copyOf(reached);
    }
}
