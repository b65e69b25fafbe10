package io.windrow.cli;

import io.windrow.api.batch.BatchError;
import io.windrow.api.error.ErrorCode;
import io.windrow.core.checkpoint.CheckpointError;
import io.windrow.core.compact.CompactError;
import io.windrow.core.contract.ContractError;
import io.windrow.core.dispose.DisposeError;
import io.windrow.core.epoch.EpochError;
import io.windrow.core.ledger.LedgerError;
import io.windrow.core.plan.PlanError;
import io.windrow.core.quarantine.QuarantineError;
import io.windrow.core.registry.Registry;
import io.windrow.core.registry.RegistryError;
import io.windrow.core.replay.ReplayError;
import io.windrow.core.seal.SealError;
import io.windrow.core.spec.SpecError;
import io.windrow.core.spec.SpecReference;
import io.windrow.core.telemetry.TelemetryError;
import io.windrow.core.telemetry.TelemetryReference;
import io.windrow.core.transform.change.ChangeLogError;
import io.windrow.core.transform.dedupe.DedupeError;
import io.windrow.core.transform.detect.DetectError;
import io.windrow.core.transform.expression.ExpressionError;
import io.windrow.core.transform.mask.MaskError;
import io.windrow.core.transform.provenance.ProvenanceError;
import io.windrow.core.transform.sample.SampleError;
import io.windrow.core.transform.shape.ShapeError;
import io.windrow.core.transform.watermark.WatermarkError;
import io.windrow.core.verify.VerifyError;
import io.windrow.runner.local.RunError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Prints the reference, made from the code. */
@Command(name = "docs", description = "Print the reference: pipeline, errors, commands, exit-codes or telemetry.")
final class DocsCommand implements Callable<Integer> {
    /** The pages. */
    enum Page {
        PIPELINE("pipeline"),
        ERRORS("errors"),
        COMMANDS("commands"),
        EXIT_CODES("exit-codes"),
        TELEMETRY("telemetry");

        private final String word;

        Page(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    @ParentCommand Windrow windrow;

    @Parameters(arity = "0..1", paramLabel = "PAGE", defaultValue = "pipeline", converter = PageWord.class,
            description = "pipeline (default), errors, commands, exit-codes or telemetry.")
    Page page;

    @Override
    public Integer call() {
        String text = switch (page) {
            case PIPELINE -> SpecReference.pipeline(Registry.load());
            case ERRORS -> SpecReference.errors(codes(Registry.load()));
            case COMMANDS -> commands();
            case EXIT_CODES -> exitCodes();
            case TELEMETRY -> TelemetryReference.page();
        };
        if (windrow.json) {
            return windrow.print(Json.object("page", page.toString(), "markdown", text), ExitCode.OK);
        }
        windrow.screen().out().print(text);
        return ExitCode.OK.value();
    }

    /** Every error code that this process can raise, sorted. */
    static List<ErrorCode> codes(Registry registry) {
        List<ErrorCode> own = new ArrayList<>();
        Stream.of(
                        BatchError.values(),
                        MaskError.values(),
                        DetectError.values(),
                        SpecError.values(),
                        ExpressionError.values(),
                        ShapeError.values(),
                        SampleError.values(),
                        ProvenanceError.values(),
                        WatermarkError.values(),
                        ChangeLogError.values(),
                        RegistryError.values(),
                        PlanError.values(),
                        CheckpointError.values(),
                        ContractError.values(),
                        EpochError.values(),
                        LedgerError.values(),
                        DedupeError.values(),
                        QuarantineError.values(),
                        SealError.values(),
                        DisposeError.values(),
                        VerifyError.values(),
                        TelemetryError.values(),
                        ReplayError.values(),
                        CompactError.values(),
                        RunError.values(),
                        CliError.values(),
                        MemoryError.values())
                .<ErrorCode>flatMap(Stream::of)
                .forEach(own::add);
        return registry.errorCodes(own);
    }

    private static String exitCodes() {
        StringBuilder page = new StringBuilder("# Exit codes\n\n| code | name | meaning |\n|---|---|---|\n");
        for (ExitCode code : ExitCode.values()) {
            page.append("| ").append(code.value()).append(" | ").append(code.name().toLowerCase(Locale.ROOT)).append(" | ")
                    .append(code.meaning()).append(" |\n");
        }
        return page.toString();
    }

    private String commands() {
        StringBuilder page = new StringBuilder("# Commands\n");
        picocli.CommandLine root = Commands.plain(new Windrow(windrow.screen()));
        page.append("\n```\n").append(root.getUsageMessage(picocli.CommandLine.Help.Ansi.OFF)).append("```\n");
        root.getSubcommands().values().forEach(command -> command(command, "##", page));
        return page.toString();
    }

    /** A command with its options, then those below it. A hidden one is for the launcher, not for people. */
    private static void command(picocli.CommandLine command, String heading, StringBuilder page) {
        if (!command.getCommandSpec().usageMessage().hidden()) {
            page.append('\n').append(heading).append(' ').append(command.getCommandSpec().qualifiedName()).append("\n\n```\n")
                    .append(command.getUsageMessage(picocli.CommandLine.Help.Ansi.OFF)).append("```\n");
            // Sorted: they come as reflection finds them.
            new TreeMap<>(command.getSubcommands()).values().forEach(below -> command(below, heading + "#", page));
        }
    }

    /** Reads a page's word. */
    static final class PageWord implements picocli.CommandLine.ITypeConverter<Page> {
        @Override
        public Page convert(String word) {
            for (Page page : Page.values()) {
                if (page.word.equals(word)) {
                    return page;
                }
            }
            throw new picocli.CommandLine.TypeConversionException("expected pipeline, errors, commands, exit-codes or telemetry, not " + word);
        }
    }
}
