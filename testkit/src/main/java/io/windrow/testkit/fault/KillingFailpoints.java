package io.windrow.testkit.fault;

import io.windrow.api.context.Failpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Kills its own process with SIGKILL at one place: prints {@code failpoint reached: <name>} to standard output and never returns.
 * The place is named by the system property {@code windrow.failpoint}, else by the environment variable {@code
 * WINDROW_FAILPOINT}, as {@code name} or {@code name:3} for the third time that it is reached. Found by {@link
 * java.util.ServiceLoader}, so that a main that looks for {@link Failpoints} there can be killed without knowing us. Safe
 * for use by many threads.
 */
public final class KillingFailpoints implements Failpoints {
    /** The system property that names the place. */
    public static final String PROPERTY = "windrow.failpoint";

    /** The environment variable that names the place. The command line reads it too. */
    public static final String VARIABLE = "WINDROW_FAILPOINT";

    /** What is printed before the name when a place is reached. */
    public static final String REACHED = "failpoint reached: ";

    private final String name;
    private final AtomicInteger left;

    /** As the system property or the environment says; does nothing if neither names a place. */
    public KillingFailpoints() {
        this(Optional.ofNullable(System.getProperty(PROPERTY))
                .or(() -> Optional.ofNullable(System.getenv(VARIABLE)))
                .orElse(""));
    }

    private KillingFailpoints(String place) {
        int colon = place.indexOf(':');
        name = colon < 0 ? place : place.substring(0, colon);
        left = new AtomicInteger(colon < 0 ? 1 : Integer.parseInt(place.substring(colon + 1)));
    }

    @Override
    public void reach(String reached) {
        if (!reached.equals(name) || left.decrementAndGet() != 0) {
            return;
        }
        System.out.println(REACHED + name);
        System.out.flush();
        try {
            new ProcessBuilder("kill", "-KILL", Long.toString(ProcessHandle.current().pid())).start();
            new CountDownLatch(1).await();
        } catch (IOException e) {
            throw new UncheckedIOException("Killing this process at " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
