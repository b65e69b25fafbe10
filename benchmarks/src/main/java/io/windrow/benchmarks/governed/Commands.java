package io.windrow.benchmarks.governed;

import io.windrow.api.schema.StreamName;
import io.windrow.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Commands as a user would type them; what they print goes into the traces. */
final class Commands {
    private final Path file;
    private final Traces traces;

    Commands(Path file, Traces traces) {
        this.file = file;
        this.traces = traces;
    }

    /** Every command that shows something of a pipeline. */
    void look(List<Table> tables) {
        String stream = tables.getFirst().stream.toString();
        for (List<String> words : List.of(
                List.of("plan"), List.of("plan", "--json"), List.of("preview"), List.of("preview", "--json"), List.of("ledger"),
                List.of("ledger", "--json"), List.of("quarantine", "list"), List.of("quarantine", "show", "--json"),
                List.of("schema", "list"), List.of("schema", "show", "--stream", stream), List.of("schema", "check"),
                List.of("state", "show"), List.of("check"), List.of("discover", "--pii"), List.of("verify", "--files"))) {
            windrow(words);
        }
        // The live view draws what a run is doing; the run may be refused by what has drifted.
        System.setProperty("windrow.terminal.err", "true");
        try {
            windrow(List.of("run", "--debug"));
        } finally {
            System.clearProperty("windrow.terminal.err");
        }
    }

    /** Accepts the schema that the last run refused. */
    void accept(StreamName stream) {
        int exit = windrow(List.of("schema", "accept", "--stream", stream.toString()));
        if (exit != 0) {
            throw new AssertionError("Accepting the schema of " + stream + " ended with " + exit + ": " + traces.take());
        }
    }

    /** Accepts a schema under which a masked field would go out in clear, and is refused. */
    void acceptNothing(StreamName stream) {
        if (windrow(List.of("schema", "accept", "--stream", stream.toString())) == 0) {
            throw new AssertionError("The schema of " + stream + " was accepted, which takes a mask off");
        }
    }

    private int windrow(List<String> words) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        List<String> all = new java.util.ArrayList<>(words);
        all.add(words.getFirst().equals("quarantine") || words.getFirst().equals("schema") || words.getFirst().equals("state") ? 2 : 1,
                file.toString());
        int exit = Main.run(out, out, all.toArray(String[]::new));
        String text = bytes.toString(StandardCharsets.UTF_8);
        traces.add(text);
        if (text.contains("cli.bug") || text.contains("run.unexpected")) {
            throw new AssertionError(words + " ended with " + exit + ": " + text);
        }
        return exit;
    }
}
