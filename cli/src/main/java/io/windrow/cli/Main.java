package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.core.registry.NearestName;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry of the process. */
public final class Main {
    private Main() {}

    /** Runs a command and ends the process with its {@link ExitCode}. */
    public static void main(String[] arguments) {
        System.exit(run(Screen.ofProcess(), arguments));
    }

    /** Runs a command in this process, for programs that measure or teach it. Returns the exit code. */
    public static int run(String... arguments) {
        return run(Screen.ofProcess(), arguments);
    }

    /** As {@link #run(String...)}, printing to these streams instead of the process's own. Both stay the caller's. */
    public static int run(java.io.PrintStream out, java.io.PrintStream err, String... arguments) {
        return run(Screen.to(out, err), arguments);
    }

    /** Runs a command. Returns the exit code. */
    static int run(Screen screen, String... arguments) {
        Windrow windrow = new Windrow(screen);
        CommandLine line = Commands.line(windrow, arguments);
        line.setOut(new java.io.PrintWriter(screen.out(), true));
        line.setErr(new java.io.PrintWriter(screen.err(), true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(
                screen.color() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        line.setUsageHelpWidth(Math.clamp(screen.width(), 55, 120)); // picocli takes no less than 55.
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((e, args) -> {
            // The parser stops at the first error, perhaps before --json: the answer is JSON all the same.
            windrow.json |= Arrays.asList(args).contains("--json");
            return badArguments(windrow, e);
        });
        line.setExecutionExceptionHandler((e, at, parsed) -> failed(windrow, e));
        if (arguments.length == 0) {
            line.usage(line.getOut());
            return ExitCode.USER.value();
        }
        try {
            int code = line.execute(arguments);
            if (code == ExitCode.OK.value() && screen.out().checkError()) {
                // A proof that was cut off is none: a full disk, or a reader that has gone.
                Failure.print(screen, WindrowException.of(CliError.OUTPUT_LOST, "Writing the result: standard output took only a part"), windrow.detail());
                return ExitCode.of(CliError.OUTPUT_LOST.kind()).value();
            }
            return code;
        } catch (OutOfMemoryError | LinkageError | StackOverflowError | AssertionError e) {
            return failed(windrow, e);
        }
    }

    private static int failed(Windrow windrow, Throwable thrown) {
        WindrowException error = Failure.coded(thrown);
        if (windrow.json) {
            windrow.screen().line(Json.line(Json.object("error", Failure.json(error))));
        } else {
            Failure.print(windrow.screen(), error, windrow.detail());
        }
        return ExitCode.of(error.kind()).value();
    }

    private static int badArguments(Windrow windrow, ParameterException e) {
        CommandLine at = e.getCommandLine();
        String hint = "";
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
            String given = unmatched.getUnmatched().getFirst();
            if (unmatched.getUnmatched().stream().anyMatch(word -> word.contains("://"))) { // It may hold a password.
                return failed(
                        windrow,
                        WindrowException.of(CliError.BAD_ARGUMENTS, "Reading the command line: a URL stands where none is expected")
                                .remedy("Write --from before the URL."));
            }
            java.util.List<String> known = new java.util.ArrayList<>();
            (at.getParent() == null ? Commands.all(windrow) : at).getSubcommands().forEach((name, command) -> {
                if (!command.getCommandSpec().usageMessage().hidden()) {
                    known.add(name);
                }
            });
            at.getCommandSpec().options().forEach(option -> known.addAll(java.util.List.of(option.names())));
            hint = NearestName.of(given, known).map(name -> "; did you mean " + name + "?").orElse("");
        }
        String command = at.getCommandSpec().qualifiedName();
        return failed(
                windrow,
                WindrowException.of(CliError.BAD_ARGUMENTS, "Reading the command line: " + e.getMessage() + hint)
                        .remedy("Run `" + command + " --help`."));
    }
}
