package io.windrow.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The root command: options of all commands, and where they print. */
@Command(
        name = "windrow",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Extracts data exactly once and proves that every row arrived.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Without a file:",
            "  windrow run --from postgresql://user@host/db --stream public.orders --to out",
            "Exit codes:",
            "  windrow docs exit-codes"
        })
final class Windrow {
    private final Screen screen;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON.")
    boolean json;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print stack traces with errors.")
    boolean debug;

    Windrow(Screen screen) {
        this.screen = screen;
    }

    Screen screen() {
        return screen;
    }

    Failure.Detail detail() {
        return debug ? Failure.Detail.DEBUG : Failure.Detail.BRIEF;
    }

    /** Prints a finished document for machines. */
    int print(Object json, ExitCode code) {
        screen.line(Json.pretty(json));
        return code.value();
    }
}
