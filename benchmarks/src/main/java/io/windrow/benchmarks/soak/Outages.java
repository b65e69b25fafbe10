package io.windrow.benchmarks.soak;

import io.windrow.testkit.fault.TcpProxy;
import io.windrow.testkit.postgres.PostgresServer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Breaks a source database and the way to it.
 *
 * @param never is never counted down: waiting for it is waiting
 */
record Outages(PostgresServer server, TcpProxy proxy, Random random, CountDownLatch never) {
    /** Breaks it; {@link #mend} ends what lasts. False: the fault is none of the source. */
    boolean strike(Fault fault) throws InterruptedException {
        switch (fault) {
            case DELAY -> proxy.delay(Duration.ofMillis(20 + random.nextInt(200)));
            case BLACK_HOLE -> proxy.blackHole();
            case DROPPED_REPLIES -> proxy.dropReplies();
            case RESET -> proxy.resetAll();
            case RESET_IN_A_REPLY -> proxy.resetAfter(random.nextInt(200_000));
            case SERVER_RESTART -> {
                server.stop();
                pause(0, 3000);
                server.start();
            }
            case SERVER_CRASH -> {
                server.kill();
                pause(0, 3000);
                server.start();
            }
            case KILL, TERMINATE, HELD_TARGET -> {
                return false;
            }
        }
        return true;
    }

    /** Lets everything pass again. */
    void mend() {
        proxy.pass();
    }

    /** Waits that many milliseconds and up to as many more. */
    void pause(int least, int more) throws InterruptedException {
        never.await(least + random.nextInt(more), TimeUnit.MILLISECONDS);
    }
}
