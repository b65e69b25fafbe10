package io.windrow.cli;

import io.windrow.core.registry.Registry;
import io.windrow.core.spec.SpecSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Prints the JSON Schema of pipeline files. */
@Command(
        name = "spec",
        description = "Print the JSON Schema of pipeline files, for editors.",
        footer = {"", "Example: windrow spec > windrow.schema.json, then begin a file with",
            "  # yaml-language-server: $$schema=windrow.schema.json"})
final class SpecCommand implements Callable<Integer> {
    @ParentCommand Windrow windrow;

    @Override
    public Integer call() {
        windrow.screen().out().print(SpecSchema.write(Registry.load()));
        return ExitCode.OK.value();
    }
}
