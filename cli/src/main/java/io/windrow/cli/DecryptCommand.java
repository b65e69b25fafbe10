package io.windrow.cli;

import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.registry.Registry;
import io.windrow.core.seal.Decryption;
import io.windrow.core.seal.SealRules;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.core.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Writes encrypted files in the clear, elsewhere. */
@Command(name = "decrypt", description = "Write encrypted files in the clear into another folder. Nothing is overwritten.",
        sortOptions = false)
final class DecryptCommand implements Callable<Integer> {
    @ParentCommand Windrow windrow;

    @Parameters(index = "0", paramLabel = "FILE", description = "The pipeline file, which names the key.")
    Path file;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "PATH",
            description = "Encrypted files, or folders in which they lie.")
    List<Path> paths;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "Where the plain files go. Made if it is not there.")
    Path to;

    @Override
    public Integer call() {
        PipelineSpec spec = PipelineFiles.of(Registry.load()).read(file);
        Map<Path, Path> work = new TreeMap<>();
        paths.forEach(path -> collect(path, work));
        if (work.isEmpty()) {
            throw WindrowException.of(CliError.BAD_ARGUMENTS, "Decrypting " + paths + ": there is no file ending in "
                    + Sealing.SUFFIX);
        }
        for (Path target : work.values()) {
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                throw WindrowException.of(CliError.FILE_EXISTS, "Decrypting to " + target + ": it exists already");
            }
        }
        long bytes = 0;
        try (StateStore store = Stores.required(spec)) {
            Decryption decryption =
                    new Decryption(SealRules.of(spec.governance()), store, spec.pipeline(), Clock.systemUTC());
            for (Map.Entry<Path, Path> one : work.entrySet()) {
                made(one.getValue());
                bytes += decryption.decrypt(one.getKey(), one.getValue());
            }
        }
        if (windrow.json) {
            return windrow.print(
                    Json.object("pipeline", spec.pipeline(), "bytes", bytes, "files",
                            work.values().stream().map(Path::toString).toList()),
                    ExitCode.OK);
        }
        windrow.screen().line(Screen.number(work.size()) + (work.size() == 1 ? " file" : " files") + " decrypted to " + to
                + ", " + Screen.bytes(bytes));
        return ExitCode.OK.value();
    }

    /** The encrypted files at a path, with where each goes. Links inside of a folder are not followed. */
    private void collect(Path given, Map<Path, Path> work) {
        try {
            Path start = given.toRealPath();
            Path target = to.toAbsolutePath().normalize();
            if (Files.isRegularFile(start)) {
                work.put(start, target.resolve(plain(start.getFileName().toString())));
                return;
            }
            if (target.startsWith(start)) {
                throw WindrowException.of(CliError.BAD_ARGUMENTS, "Decrypting " + given + ": " + to
                        + " lies inside of it, where readers look for what was delivered");
            }
            try (Stream<Path> walk = Files.walk(start)) {
                walk.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                        .filter(path -> path.getFileName().toString().endsWith(Sealing.SUFFIX))
                        .forEach(path -> work.put(path, target.resolve(plain(start.relativize(path).toString()))));
            }
        } catch (IOException e) {
            throw WindrowException.of(CliError.FILE_FAILED, "Looking for encrypted files in " + given + ": "
                    + e.getClass().getSimpleName() + ", " + e.getMessage(), e);
        }
    }

    private static String plain(String name) {
        return name.endsWith(Sealing.SUFFIX) ? name.substring(0, name.length() - Sealing.SUFFIX.length()) : name + ".plain";
    }

    private static void made(Path target) {
        try {
            Files.createDirectories(target.getParent());
        } catch (IOException e) {
            throw WindrowException.of(CliError.FILE_FAILED, "Making folder " + target.getParent() + ": " + e.getMessage(), e);
        }
    }
}
