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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What only the source text or the resources show. */
final class SourceRules {
    private static final int MAX_LINES = 800;
    private static final int AIM_LINES = 400;
    private static final Pattern EXCUSED = Pattern.compile("// Over 400 lines: \\S.*");
    private static final Pattern SAVED_LAYOUT = Pattern.compile("\\bint (?:[A-Z]+_)?VERSION = (\\d+);");
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
            } else if (lines > AIM_LINES && !EXCUSED.matcher(text).find()) {
                found.add(name + " has " + lines + " lines: split it by what its parts do, or say why it is one thing in a"
                        + " comment that begins with \"// Over 400 lines: \"");
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
            boolean connector = type.getAllRawInterfaces().stream().anyMatch(above -> above.getName().equals(spi));
            if (connector && !type.isInterface() && !listed.contains(type.getName())) {
                found.add(type.getName() + " is not found at run time: list it in META-INF/services/" + spi);
            }
        }
        return found;
    }

    /**
     * What a connector saves outlives its version: the newest layout that its sources name has a golden file among the
     * module's test resources, and so has every earlier one.
     */
    static List<String> missingGoldenFiles(Path module) throws IOException {
        int newest = 0;
        Path connectors = module.resolve("src/main/java/io/windrow/connectors");
        if (!Files.isDirectory(connectors)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(connectors)) {
            for (Path file : walk.filter(one -> one.toString().endsWith(".java")).toList()) {
                Matcher layout = SAVED_LAYOUT.matcher(Files.readString(file));
                while (layout.find()) {
                    newest = Math.max(newest, Integer.parseInt(layout.group(1)));
                }
            }
        }
        Set<String> golden = new TreeSet<>();
        Path resources = module.resolve("src/test/resources");
        if (Files.isDirectory(resources)) {
            try (Stream<Path> walk = Files.walk(resources)) {
                walk.map(file -> file.getFileName().toString()).forEach(golden::add);
            }
        }
        List<String> found = new ArrayList<>();
        for (int version = 1; version <= newest; version++) {
            String name = "saved-texts-" + version + ".txt";
            if (!golden.contains(name)) {
                found.add("The module saves texts of layout " + version + " and has no golden file " + name
                        + ": lay down what that version wrote among the test resources, and test that it is still read");
            }
        }
        return found;
    }
}
