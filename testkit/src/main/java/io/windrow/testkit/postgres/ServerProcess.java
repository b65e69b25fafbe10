package io.windrow.testkit.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One run of the server's executable, bound to the life of this JVM: a shell holds a pipe to the JVM and kills the
 * server when the pipe breaks, whatever killed the JVM. The server's output is drained by a daemon thread; its end
 * proves that no process of the server is left.
 */
final class ServerProcess {
    /** Reads the name of a signal; the end of the pipe means KILL. */
    private static final String GUARD =
            "\"$@\" </dev/null 2>&1 & P=$!; echo $P; exec 1>&- 2>&-; read S; kill -${S:-KILL} $P; wait $P";

    private static final int KEPT_LINES = 200;

    private final Process shell;
    private final String readyWhen;
    private final Deque<String> lines = new ArrayDeque<>();
    private final CompletableFuture<Long> pid = new CompletableFuture<>();
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

    /** Starts the command; a line of its output that holds {@code readyWhen} says that it accepts connections. */
    ServerProcess(List<String> command, Path directory, String readyWhen) throws IOException {
        this.readyWhen = readyWhen;
        List<String> guarded = new ArrayList<>(List.of("sh", "-c", GUARD, "sh"));
        guarded.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(guarded).directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TZ", "UTC");
        shell = builder.start();
        Thread.ofPlatform().daemon().name("server-output").start(this::drain);
    }

    private void drain() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (pid.isDone() || !line.matches("\\d+")) {
                    keep(line);
                } else {
                    pid.complete(Long.valueOf(line));
                }
                if (line.contains(readyWhen)) {
                    ready.complete(true);
                }
            }
        } catch (IOException e) {
            keep("reading the server's output: " + e);
        }
        ready.complete(false);
        ended.complete(true);
    }

    private synchronized void keep(String line) {
        if (lines.size() == KEPT_LINES) {
            lines.removeFirst();
        }
        lines.addLast(line);
    }

    /** The last lines that the server wrote. */
    synchronized String log() {
        return String.join("\n", lines);
    }

    /** True: it accepts connections. False: it has ended or takes longer than the time given. */
    boolean awaitReady(long seconds) throws InterruptedException {
        return await(ready, seconds);
    }

    /** The postmaster's process id. */
    long pid() throws InterruptedException {
        await(pid, 10);
        return pid.getNow(-1L);
    }

    /** Sends the signal and waits until every process of the server has ended; kills it when that takes too long. */
    void end(String signal) throws InterruptedException {
        try (OutputStream in = shell.getOutputStream()) {
            in.write((signal + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            if (shell.isAlive()) {
                throw new UncheckedIOException(e);
            }
        }
        if (!await(ended, 20)) {
            ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
            await(ended, 20);
        }
        shell.waitFor(20, TimeUnit.SECONDS);
    }

    private static <T> boolean await(CompletableFuture<T> future, long seconds) throws InterruptedException {
        try {
            return !Boolean.FALSE.equals(future.get(seconds, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
