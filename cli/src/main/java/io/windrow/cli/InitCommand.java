package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.StreamDescription;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.PlanError;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.SecretProviders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Parameters;

/** Writes a first pipeline file. */
@Command(name = "init", description = "Ask for a source (or take --from), discover its streams and write a commented pipeline file.")
final class InitCommand implements Callable<Integer> {
    @ParentCommand Windrow windrow;

    @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", defaultValue = "pipeline.yaml", description = "The file to write (pipeline.yaml).")
    Path file;

    @Option(names = "--from", paramLabel = "URL", description = "The source's URL; asked for if it is left out.")
    @Nullable String from;

    @Option(names = "--to", paramLabel = "DIR", defaultValue = "./out", description = "The folder to write to (./out).")
    String to;

    @Override
    public Integer call() {
        Screen screen = windrow.screen();
        Target.refuseUrl(file);
        if (Files.exists(file)) {
            throw WindrowException.of(CliError.FILE_EXISTS, "Writing the pipeline file: it exists already").at(file.toString());
        }
        String url = from == null ? ask(screen) : from;
        Target target = new Target();
        target.from = url;
        target.to = to;
        Plan plan = target.plan(Registry.load());
        List<StreamDescription> streams;
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(screen));
                Source source = plan.openSource(context)) {
            streams = source.discover();
        }
        expectReadable(streams);
        boolean reference = url.contains("${");
        if (!reference) {
            secret(screen, url);
        }
        write(file, text(plan, streams, reference ? url : "${secret:" + name() + "/url}"), "rw-r--r--");
        if (windrow.json) {
            return windrow.print(Json.object("file", file.toString(), "streams", streams.size()), ExitCode.OK);
        }
        screen.line("Wrote " + file + " with " + streams.size() + " streams. Next: windrow check " + file + ", windrow plan "
                + file + ", windrow run " + file);
        return ExitCode.OK.value();
    }

    /** A file without a stream would be refused by every other command. */
    private static void expectReadable(List<StreamDescription> streams) {
        if (streams.stream().noneMatch(StreamDescription::isReadable)) {
            List<String> why = streams.stream()
                    .limit(3)
                    .map(stream -> stream.schema().stream() + ": " + String.join(" ", stream.remarks()))
                    .toList();
            throw WindrowException.of(
                            PlanError.NO_STREAMS,
                            "Writing the pipeline file: the source shows no table that can be read"
                                    + (why.isEmpty() ? "" : " (" + String.join("; ", why) + ")"))
                    .remedy("Grant the role of the URL SELECT on the tables that are meant, or name another database; then run init again.");
        }
    }

    private String name() {
        String name = file.getFileName().toString().replaceFirst("\\.ya?ml$", "").replaceAll("[^A-Za-z0-9_.-]", "-");
        if (name.isEmpty()) {
            return "pipeline";
        }
        return Character.isLetterOrDigit(name.charAt(0)) ? name : "p" + name;
    }

    private static String ask(Screen screen) {
        screen.err().print("URL of the source (postgresql://user@host/database, mariadb://user@host/database, jdbc:sqlite:file): ");
        screen.err().flush();
        try {
            String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            if (line == null || line.isBlank()) {
                throw WindrowException.of(CliError.BAD_ARGUMENTS, "Reading the source's URL: nothing was entered")
                        .remedy("Give it with --from.");
            }
            return line.strip();
        } catch (IOException e) {
            throw WindrowException.of(CliError.BAD_ARGUMENTS, "Reading the source's URL from standard input", e);
        }
    }

    /** A URL may hold a password: it goes to the secrets file, never into the pipeline file (H23). */
    private void secret(Screen screen, String url) {
        Path folder = file.toAbsolutePath().getParent();
        Path secrets = folder.resolve("secrets.yaml");
        String line = QuickPipeline.quoted(name() + "/url") + ": " + QuickPipeline.quoted(url) + "\n";
        if (Files.exists(secrets)) {
            SecretProviders.expectPrivate(secrets);
            try {
                String kept = Files.readString(secrets);
                if (kept.lines().anyMatch(line.strip()::equals)) {
                    return;
                }
                if (kept.lines().anyMatch(other -> other.startsWith(QuickPipeline.quoted(name() + "/url") + ":"))) {
                    throw WindrowException.of(
                                    CliError.FILE_EXISTS,
                                    "Adding " + name() + "/url to the secrets file: it is there with another value")
                            .at(secrets.toString())
                            .remedy("Take that line out, or name the pipeline file otherwise.");
                }
                String begin = kept.isEmpty() || kept.endsWith("\n") ? "" : "\n";
                Files.writeString(secrets, begin + line, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw WindrowException.of(CliError.FILE_FAILED, "Adding the URL to the secrets file", e).at(secrets.toString());
            }
        } else {
            write(secrets, line, "rw-------");
        }
        screen.note("The URL lies in " + secrets + " (mode 0600): keep that file out of version control.");
    }

    private static void write(Path path, String text, String permissions) {
        try {
            if (path.getParent() != null) {
                Files.createDirectories(path.getParent());
            }
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
            Files.writeString(path, text);
        } catch (FileAlreadyExistsException e) {
            throw WindrowException.of(CliError.FILE_EXISTS, "Writing a file: it exists already", e).at(path.toString());
        } catch (IOException e) {
            throw WindrowException.of(CliError.FILE_FAILED, "Writing a file: " + e.getMessage(), e).at(path.toString());
        }
    }

    private String text(Plan plan, List<StreamDescription> streams, String url) {
        StringBuilder text = new StringBuilder();
        text.append("# A Windrow pipeline. `windrow docs` explains every key, `windrow spec` prints the JSON Schema.\n");
        text.append("pipeline: ").append(name()).append("\n");
        text.append("# owner: {team: billing, email: billing-oncall@example.com}\n\nsource:\n  ");
        text.append(plan.spec().source().connector()).append(":\n    url: ").append(quoted(url)).append('\n');
        text.append("    # Modes: snapshot reads everything and replaces; incremental reads what is new by a cursor and appends.\n");
        text.append("    streams:\n");
        for (StreamDescription stream : streams) {
            if (!stream.isReadable()) {
                String why = stream.schema().stream() + " is left out. " + String.join(" ", stream.remarks());
                text.append("      # ").append(why.replaceAll("\\s+", " ")).append('\n');
                continue;
            }
            text.append("      - {table: ").append(quoted(stream.schema().stream().toString())).append(", mode: snapshot}");
            if (stream.estimatedRows() >= 0) {
                text.append("  # about ").append(Screen.number(stream.estimatedRows())).append(" rows");
            }
            text.append('\n');
            if (stream.modes().contains(ReadMode.INCREMENTAL) && !stream.cursors().isEmpty()) {
                text.append("      # - {table: ").append(quoted(stream.schema().stream().toString()))
                        .append(", mode: incremental, cursor: ").append(quoted(stream.cursors().getFirst())).append("}\n");
            }
        }
        text.append("\nsink:\n  files:\n    path: ").append(quoted(to)).append("\n    format: parquet\n");
        text.append("\n# run:\n#   parallelism: 2       # splits read at once; 0: as many as there are cores\n");
        text.append("#   on_error: continue   # or stop: what the failure of one stream means for the others\n");
        text.append("# write:\n#   public.orders: append   # keep every snapshot instead of replacing the last\n");
        return text.toString();
    }

    private static String quoted(String text) {
        return text.matches("[A-Za-z_][A-Za-z0-9_.]*") ? text : QuickPipeline.quoted(text);
    }
}
