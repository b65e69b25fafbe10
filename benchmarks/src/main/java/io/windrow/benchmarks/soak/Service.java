package io.windrow.benchmarks.soak;

import io.windrow.cli.Main;
import io.windrow.testkit.crash.ChildJvm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command of Windrow in a process of its own that is started again whenever it ends, as whatever keeps services alive would. */
final class Service implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int LAST_LINES = 12;
    private static final Pattern CODE = Pattern.compile("\\b(?:postgres|jdbc|files|run|state|spec|epoch|contract|change_log)\\.[a-z_]+\\b");

    private final List<String> arguments;
    private ChildJvm child;

    Service(List<String> arguments) {
        this.arguments = arguments;
        this.child = start();
    }

    private ChildJvm start() {
        return ChildJvm.start(Main.class.getName(), arguments, Map.of());
    }

    long pid() {
        return child.pid();
    }

    String output() {
        return child.output();
    }

    /** What its threads are doing, as the JDK's own tool prints it, or why that could not be asked. */
    String threads() {
        String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try (InputStream printed = new ProcessBuilder(tool, Long.toString(child.pid()), "Thread.print")
                .redirectErrorStream(true).start().getInputStream()) {
            return new String(printed.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "Asking for its threads: " + e.getMessage();
        }
    }

    void kill() throws InterruptedException {
        child.kill();
        child.close();
        child = start();
    }

    /** Tells it to end and waits until it has. */
    void terminate() throws InterruptedException {
        child.terminate();
        child.awaitEnd(PATIENCE);
        child.close();
        child = start();
    }

    /** If it has ended, starts it again; the tally hears the last error code that it printed. */
    void revive(Tally tally) {
        if (!child.alive()) {
            String why = "without a code";
            for (Matcher code = CODE.matcher(child.output()); code.find(); ) {
                why = code.group();
            }
            List<String> lines = child.output().lines().toList();
            tally.endedByItself(why, String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())));
            child.close();
            child = start();
        }
    }

    @Override
    public void close() {
        child.close();
    }
}
