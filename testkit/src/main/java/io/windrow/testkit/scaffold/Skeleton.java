package io.windrow.testkit.scaffold;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A connector that compiles, keeps the house rules and does nothing yet: its conformance test is red and says what to
 * write next.
 *
 * @param name the connector's name, a lower_snake noun
 * @param side what it is the skeleton of
 */
public record Skeleton(String name, Side side) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");
    private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");
    private static final String AFTER = "    <module>demo</module>\n";

    /** What a connector is written for. */
    public enum Side {
        /** Reading. */
        SOURCE,
        /** Writing. */
        SINK
    }

    public Skeleton {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "Naming a connector " + name + ": expected a noun in lower case, words joined by _");
        }
    }

    /**
     * Writes the module below {@code connectors/}, its page below {@code docs/} and its line in the root's {@code pom.xml}.
     * Gives the files that were written, relative to the root; refuses a connector that is there.
     */
    public List<Path> write(Path root) throws IOException {
        Path pom = root.resolve("pom.xml");
        String parent = Files.readString(pom);
        Path module = Path.of("connectors", name);
        if (Files.exists(root.resolve(module))) {
            throw new IllegalArgumentException("Writing connectors/" + name + ": it is there already");
        }
        if (!parent.contains(AFTER)) {
            throw new IllegalArgumentException("Adding the module to " + pom + ": no line " + AFTER.strip());
        }
        Matcher version = VERSION.matcher(parent);
        if (!version.find()) {
            throw new IllegalArgumentException("Reading the version in " + pom + ": there is none");
        }
        List<Path> written = new ArrayList<>();
        for (Map.Entry<Path, String> file : files(module).entrySet()) {
            Path path = root.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, filled(template(file.getValue()), version.group(1)));
            written.add(file.getKey());
        }
        Path services = module.resolve("src/main/resources/META-INF/services/io.windrow.api.connector.Connector");
        Files.createDirectories(root.resolve(services).getParent());
        Files.writeString(root.resolve(services), packageName() + "." + prefix() + "Connector\n");
        written.add(services);
        Files.writeString(pom, parent.replace(AFTER, "    <module>connectors/" + name + "</module>\n" + AFTER));
        return written;
    }

    /** The package of the connector's classes. */
    public String packageName() {
        return "io.windrow.connectors." + name.replace("_", "");
    }

    /** What the names of its classes begin with. */
    public String prefix() {
        StringBuilder camel = new StringBuilder();
        for (String word : name.split("_")) {
            camel.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        return camel.toString();
    }

    private Map<Path, String> files(Path module) {
        String folder = packageName().replace('.', '/');
        Path main = module.resolve("src/main/java").resolve(folder);
        Path test = module.resolve("src/test/java").resolve(folder);
        List<String> parts = side == Side.SOURCE
                ? List.of("Source", "Planner")
                : List.of("Sink", "Writer", "Committer");
        String kind = side.name().toLowerCase(Locale.ROOT);
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(module.resolve("pom.xml"), "pom.xml");
        files.put(main.resolve("package-info.java"), "package-info.java");
        files.put(main.resolve(prefix() + "Connector.java"), kind + "-Connector.java");
        files.put(main.resolve(prefix() + "Config.java"), "Config.java");
        files.put(main.resolve(prefix() + "Error.java"), "Error.java");
        parts.forEach(part -> files.put(main.resolve(prefix() + part + ".java"), part + ".java"));
        files.put(test.resolve(prefix() + "ConformanceTest.java"), kind + "-Test.java");
        files.put(Path.of("docs", "connectors", name + ".md"), "page.md");
        return files;
    }

    private String filled(String template, String version) {
        return template.replace("@name@", name)
                .replace("@Name@", prefix())
                .replace("@package@", packageName())
                .replace("@artifact@", name.replace('_', '-'))
                .replace("@version@", version);
    }

    private static String template(String name) throws IOException {
        try (InputStream in = Skeleton.class.getResourceAsStream(name + ".txt")) {
            if (in == null) {
                throw new IllegalStateException("The template " + name + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
