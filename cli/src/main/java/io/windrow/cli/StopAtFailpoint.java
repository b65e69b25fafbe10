package io.windrow.cli;

import io.windrow.api.context.Failpoints;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Prints that a named place has been reached and stands still there, so that a test can kill the process at it. Every place that is passed is
 * printed too, when it is passed first, so that a test need not know them.
 */
final class StopAtFailpoint implements Failpoints {
    private final String name;
    private final AtomicInteger left;
    private final Set<String> passed = ConcurrentHashMap.newKeySet();

    StopAtFailpoint(String wanted) {
        int colon = wanted.indexOf(':');
        this.name = colon < 0 ? wanted : wanted.substring(0, colon);
        this.left = new AtomicInteger(colon < 0 ? 1 : Integer.parseInt(wanted.substring(colon + 1)));
    }

    @Override
    public void reach(String reached) {
        if (passed.add(reached)) {
            System.out.println("failpoint passed: " + reached);
        }
        if (reached.equals(name) && left.decrementAndGet() == 0) {
            System.out.println("failpoint reached: " + name);
            System.out.flush();
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park(this);
            }
        }
    }
}
