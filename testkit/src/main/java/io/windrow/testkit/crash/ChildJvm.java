package io.windrow.testkit.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A child process that runs a main with this JVM's Java, class path, time zone, locale and flags (but a heap of its
 * own). Its output is drained by a daemon thread. Safe for use by many threads.
 */
public final class ChildJvm implements AutoCloseable {
    private static final int KEPT_LINES = 400;
    private static final int HEAP_MIB = 512;

    private final Process process;
    private final Path candidate;
    private final Path archive;
    private final Deque<String> lines = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private boolean drained;

    private ChildJvm(Process process, Path candidate, Path archive) {
        this.process = process;
        this.candidate = candidate;
        this.archive = archive;
        Thread.ofPlatform().daemon().name("child-output").start(this::drain);
    }

    /**
     * Starts a main.
     *
     * @param main the class's name
     * @param arguments its arguments
     * @param environment variables, on top of this process's own
     */
    public static ChildJvm start(String main, List<String> arguments, Map<String, String> environment) {
        return start(main, arguments, environment, HEAP_MIB);
    }

    /**
     * Starts a main with a heap of another size.
     *
     * @param heapMiB how large its heap becomes at most
     */
    public static ChildJvm start(String main, List<String> arguments, Map<String, String> environment, int heapMiB) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!flag.startsWith("-javaagent") && !flag.startsWith("-agentlib") && !flag.startsWith("-Xm")) {
                command.add(flag);
            }
        }
        // What the JVM says of the archive would stand among the lines of the child; a log file that a test asks for stays.
        command.addAll(List.of("-Xmx" + heapMiB + "m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xlog:all=off:stdout"));
        ClassArchive classes = ClassArchive.ofThisJvm();
        Path archive = classes.archive(main);
        Path candidate = classes.candidate();
        command.add(Files.exists(archive) ? classes.using(archive) : classes.making(candidate));
        command.add("-cp");
        command.add(classes.classPath());
        command.add(main);
        command.addAll(arguments);
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            return new ChildJvm(builder.start(), candidate, archive);
        } catch (IOException e) {
            throw new UncheckedIOException("Starting a child JVM with " + main, e);
        }
    }

    /** Waits until the child prints exactly this line. False: it has ended without. An assertion error when the time is over. */
    public boolean awaitLine(String line, Duration time) throws InterruptedException {
        long left = time.toNanos();
        lock.lock();
        try {
            while (!lines.contains(line)) {
                if (drained) {
                    return false;
                }
                if (left <= 0) {
                    throw new AssertionError("The child did not print '" + line + "' within " + time + ":\n" + text());
                }
                left = more.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the child has ended and what it printed is heard, and gives its exit code. An assertion error when the
     * time is over.
     */
    public int awaitEnd(Duration time) throws InterruptedException {
        if (!process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError("The child did not end within " + time + ":\n" + output());
        }
        hearTheRest();
        if (process.exitValue() == 0) {
            ClassArchive.publish(candidate, archive);
        }
        return process.exitValue();
    }

    /** The process ends before its last lines are read; a process of its own that outlives it may hold its output open. */
    private void hearTheRest() throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MINUTES.toNanos(1);
            while (!drained && left > 0) {
                left = more.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The child's process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it still runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /** SIGKILL, and waits until the process is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** SIGTERM; what the child still prints is heard. */
    public void terminate() {
        // Process.destroy() would close the child's output as well.
        process.toHandle().destroy();
    }

    /** The last lines of standard output and standard error together. */
    public String output() {
        lock.lock();
        try {
            return text();
        } finally {
            lock.unlock();
        }
    }

    /** Kills the child if it still runs, and waits until it is gone. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        ClassArchive.discard(candidate);
    }

    private String text() {
        return String.join("\n", lines);
    }

    private void drain() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            add("reading the child's output: " + e);
        }
        lock.lock();
        try {
            drained = true;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void add(String line) {
        lock.lock();
        try {
            if (lines.size() == KEPT_LINES) {
                lines.removeFirst();
            }
            lines.addLast(line);
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
