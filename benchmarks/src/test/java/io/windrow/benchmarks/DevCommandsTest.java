package io.windrow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every command of {@code windrow-dev} that a page shows names a tool, a subject and options that there are. */
class DevCommandsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern COMMAND = Pattern.compile("(?m)(?:`|^)\\./windrow-dev ([^`\\n]+)");
    private static final Pattern TOOL = Pattern.compile("(?m)^(?:tools=')?(\\w+)\\|([\\w-]+)\\|([\\w.]+)\\|");

    @TestFactory
    List<DynamicTest> everyCommandOfThePagesIsOneThatThereIs() throws IOException {
        List<MatchResult> tools = TOOL.matcher(Files.readString(ROOT.resolve("windrow-dev"))).results().toList();
        List<DynamicTest> tests = new ArrayList<>();
        for (Path page : pages()) {
            COMMAND.matcher(Files.readString(page)).results().map(found -> found.group(1).strip()).distinct()
                    .forEach(command -> tests.add(
                            DynamicTest.dynamicTest(ROOT.relativize(page) + ": " + command, () -> exists(command, tools))));
        }
        assertThat(tests).hasSizeGreaterThan(10);
        return tests;
    }

    private static void exists(String command, List<MatchResult> tools) throws IOException {
        String[] words = command.replaceFirst("\\s+#.*", "").split("\\s+");
        MatchResult tool = tools.stream().filter(one -> one.group(1).equals(words[0])).findFirst()
                .orElseThrow(() -> new AssertionError("there is no tool " + words[0]));
        String source = Files.readString(ROOT.resolve(tool.group(2)).resolve("src/main/java")
                .resolve(tool.group(3).replace('.', '/') + ".java"));
        for (int i = 1; i < words.length; i++) {
            if (words[i].startsWith("--") || i == 1 && tool.group(1).equals("bench")) {
                assertThat(source).as("%s of %s", words[i], words[0]).contains('"' + words[i] + '"');
            }
        }
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of("README.md", "CONTRIBUTING.md", "benchmarks/RESULTS.md", "benchmarks/peers/README.md").map(ROOT::resolve),
                            docs.filter(path -> path.toString().endsWith(".md")))
                    .sorted().toList();
        }
    }
}
