package io.windrow.rules;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What only the source text or the resources show. */
final class SourceRules {
    private static final int MAX_LINES = 800;
    private static final Pattern LATER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b");
    private static final Pattern SWALLOWED = Pattern.compile("catch \\([^)]*\\)\\s*\\{\\s*}");

    private SourceRules() {}

    static List<String> violations(Path sources) throws IOException {
        List<String> found = new ArrayList<>();
        if (!Files.isDirectory(sources)) {
            return found;
        }
        Set<Path> folders = new TreeSet<>();
        List<Path> files;
        try (Stream<Path> walk = Files.walk(sources)) {
            files = walk.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
        for (Path file : files) {
            Path name = sources.relativize(file);
            folders.add(file.getParent());
            String text = Files.readString(file);
            long lines = text.lines().count();
            if (lines > MAX_LINES) {
                found.add(name + " has " + lines + " lines: split it by what its parts do (400 is the aim, 800 the limit)");
            }
            if (LATER.matcher(text).find()) {
                found.add(name + " puts work off in a comment: do it now, or file an issue and say what is true today");
            }
            if (SWALLOWED.matcher(text).find()) {
                found.add(name + " swallows an exception: handle it, rethrow it with a code, or say in the block why"
                        + " nothing is to be done");
            }
        }
        for (Path folder : folders) {
            if (!Files.exists(folder.resolve("package-info.java"))) {
                found.add(sources.relativize(folder)
                        + " has no package-info.java: say the package's purpose, main types and what must not go there");
            }
        }
        return found;
    }

    static List<String> unlistedConnectors(Path classes) throws IOException {
        String spi = "io.windrow.api.connector.Connector";
        Path services = classes.resolve("META-INF").resolve("services").resolve(spi);
        Set<String> listed = Files.exists(services) ? Set.copyOf(Files.readAllLines(services)) : Set.of();
        List<String> found = new ArrayList<>();
        for (JavaClass type : new ClassFileImporter().importPath(classes)) {
            boolean connector = type.getRawInterfaces().stream().anyMatch(above -> above.getName().equals(spi));
            if (connector && !type.isInterface() && !listed.contains(type.getName())) {
                found.add(type.getName() + " is not found at run time: list it in META-INF/services/" + spi);
            }
        }
        return found;
    }
}
