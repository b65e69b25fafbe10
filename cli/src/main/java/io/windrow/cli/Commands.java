package io.windrow.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The commands, in the order of the help page. A start makes only the one that is asked for: reading what picocli must know of all costs more than most of them do. */
final class Commands {
    private static final Map<String, Supplier<Object>> MAKERS = makers();

    private Commands() {}

    private static Map<String, Supplier<Object>> makers() {
        Map<String, Supplier<Object>> makers = new LinkedHashMap<>();
        makers.put("run", RunCommand::new);
        makers.put("plan", PlanCommand::new);
        makers.put("check", CheckCommand::new);
        makers.put("discover", DiscoverCommand::new);
        makers.put("preview", PreviewCommand::new);
        makers.put("verify", VerifyCommand::new);
        makers.put("replay", ReplayCommand::new);
        makers.put("compact", CompactCommand::new);
        makers.put("ledger", LedgerCommand::new);
        makers.put("quarantine", QuarantineCommand::new);
        makers.put("decrypt", DecryptCommand::new);
        makers.put("dispose", DisposeCommand::new);
        makers.put("schema", SchemaCommand::new);
        makers.put("state", StateCommand::new);
        makers.put("resync", ResyncCommand::new);
        makers.put("repair", RepairCommand::new);
        makers.put("init", InitCommand::new);
        makers.put("connectors", ConnectorsCommand::new);
        makers.put("spec", SpecCommand::new);
        makers.put("docs", DocsCommand::new);
        makers.put("demo", DemoCommand::new);
        makers.put("train", TrainCommand::new);
        return makers;
    }

    /** The names of all commands. */
    static Set<String> names() {
        return MAKERS.keySet();
    }

    /** The root command with the one that the arguments name, or with all if they name none that there is. */
    static CommandLine line(Windrow windrow, String... arguments) {
        for (String argument : arguments) {
            if (!argument.startsWith("-")) {
                Supplier<Object> maker = MAKERS.get(argument);
                return maker == null ? all(windrow) : line(windrow, Map.of(argument, maker));
            }
        }
        return all(windrow);
    }

    /** The root command with every command. */
    static CommandLine all(Windrow windrow) {
        return line(windrow, MAKERS);
    }

    /** As {@link #all}, without the options that all commands have: for a page about what differs. */
    static CommandLine plain(Windrow windrow) {
        return bare(windrow, MAKERS);
    }

    private static CommandLine bare(Windrow windrow, Map<String, Supplier<Object>> wanted) {
        CommandLine line = new CommandLine(windrow);
        wanted.forEach((name, maker) -> line.addSubcommand(name, maker.get()));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }

    private static CommandLine line(Windrow windrow, Map<String, Supplier<Object>> wanted) {
        CommandLine line = bare(windrow, wanted);
        line.getSubcommands().values().forEach(command -> command.getCommandSpec().mixinStandardHelpOptions(true));
        return line;
    }
}
