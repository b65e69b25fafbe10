package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.Planner;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.core.spec.PipelineSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which pipeline a command is about: a file, or one described by options. */
final class Target {
    @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "The pipeline file.")
    @Nullable Path file;

    @Option(
            names = "--from",
            paramLabel = "URL",
            description = "Instead of a file: the source's URL, in quotes.%n'$${env:NAME}' keeps it out of the process list.")
    @Nullable String from;

    @Option(names = "--to", paramLabel = "DIR", description = "With --from: the folder to write to.")
    @Nullable String to;

    @Option(
            names = "--stream",
            paramLabel = "NAME",
            description = "With --from: a stream to read. With a file: only this stream of it. May be repeated.")
    List<String> streams = new ArrayList<>();

    @Option(names = "--mode", paramLabel = "MODE", description = "With --from: snapshot or incremental.")
    @Nullable String mode;

    @Option(names = "--cursor", paramLabel = "COLUMN", description = "With --from: the cursor column of mode incremental.")
    @Nullable String cursor;

    @Option(names = "--format", paramLabel = "FORMAT", description = "With --from: the files' format, for example parquet.")
    @Nullable String format;

    /** The pipeline, typed and planned. No I/O but reading the file and its secrets. */
    Plan plan(Registry registry) {
        return new Planner(registry).plan(spec(registry));
    }

    PipelineSpec spec(Registry registry) {
        PipelineFiles files = PipelineFiles.of(registry);
        if (file != null) {
            refuseUrl(file);
            if (from != null || to != null || mode != null || cursor != null || format != null) {
                throw WindrowException.of(
                                CliError.BAD_ARGUMENTS,
                                "Reading the command line: a pipeline file and --from, --to, --mode, --cursor or --format "
                                        + "exclude each other")
                        .remedy("Write the setting into the file, or leave the file out.");
            }
            return files.read(file);
        }
        if (from == null) {
            throw WindrowException.of(CliError.NO_PIPELINE, "Reading the command line: there is neither a file nor --from");
        }
        Path here = Path.of("").toAbsolutePath();
        QuickPipeline quick = new QuickPipeline(from, streams, mode, cursor, to == null ? "./out" : to, format);
        return files.parse(quick.text(here), "command line", here);
    }

    /** Refuses a URL in a file's place without quoting it: it may hold a password. */
    static void refuseUrl(Path file) {
        if (file.toString().matches("[A-Za-z][A-Za-z0-9+.-]*:/.*")) {
            throw WindrowException.of(
                            CliError.BAD_ARGUMENTS, "Reading the command line: a URL stands where the pipeline file is expected")
                    .remedy("Write --from before the URL.");
        }
    }

    /** The selected streams that the command is about, in order. */
    Map<StreamName, ReadMode> chosen(Plan plan, Map<StreamName, ReadMode> selected) {
        if (streams.isEmpty() || from != null) {
            return selected;
        }
        Map<StreamName, ReadMode> chosen = new LinkedHashMap<>();
        for (String name : streams) {
            StreamName stream = plan.stream(name, selected);
            chosen.put(stream, selected.get(stream));
        }
        return chosen;
    }
}
