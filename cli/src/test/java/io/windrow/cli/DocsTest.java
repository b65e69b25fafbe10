package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.windrow.api.config.Secret;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.core.spec.SecretProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine.MissingParameterException;

/** Every example in the docs is read by the program itself, and every generated page is what the program prints. */
class DocsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");

    @TestFactory
    List<DynamicTest> everyPipelineInThePagesIsAccepted() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path page : pages()) {
            Matcher block = BLOCK.matcher(Files.readString(page));
            while (block.find()) {
                if (block.group(1).equals("yaml")) {
                    String text = block.group(2);
                    String name = ROOT.relativize(page) + "@" + block.start();
                    tests.add(DynamicTest.dynamicTest(name, () -> assertThatCode(() -> PipelineFiles.of(Registry.load())
                                    .with(List.of(new AnyVariable()))
                                    .parse(text, name, ROOT))
                            .doesNotThrowAnyException()));
                }
            }
        }
        assertThat(tests).hasSizeGreaterThan(1);
        return tests;
    }

    @TestFactory
    List<DynamicTest> everyCommandInThePagesParses() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path page : pages()) {
            Matcher block = BLOCK.matcher(Files.readString(page));
            while (block.find()) {
                for (String written : block.group(2).lines().toList()) {
                    // Variables before it and where its output goes are the shell's.
                    String line = written.replaceFirst("^(?:[A-Z_]+=\\S+ +)+(?=\\./windrow )", "").replaceFirst(" +\\d?>.*$", "");
                    if (line.startsWith("./windrow ")) {
                        tests.add(DynamicTest.dynamicTest(ROOT.relativize(page) + " " + line, () -> parses(line)));
                    }
                }
            }
        }
        assertThat(tests).hasSizeGreaterThan(5);
        return tests;
    }

    @TestFactory
    List<DynamicTest> everyReferencePageIsWhatTheProgramPrints() {
        return Stream.of("pipeline", "errors", "commands", "exit-codes", "telemetry")
                .map(page -> DynamicTest.dynamicTest(page, () -> {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
                    assertThat(Main.run(new Screen(stream, stream, false, false, 100), "docs", page)).isZero();
                    assertThat(Files.readString(ROOT.resolve("docs/reference/" + page + ".md")))
                            .as("docs/reference/%s.md has drifted: ./windrow docs %s > docs/reference/%s.md", page, page, page)
                            .isEqualTo(out.toString(StandardCharsets.UTF_8));
                }))
                .toList();
    }

    private static void parses(String line) {
        String command = line.replaceFirst("\\s+#.*", "").substring("./windrow ".length());
        List<String> words = Arrays.stream(command.strip().split("\\s+"))
                .map(word -> word.replaceAll("^'|'$", ""))
                .toList();
        Screen screen = new Screen(System.out, System.err, false, false, 100);
        try {
            Commands.all(new Windrow(screen)).parseArgs(words.toArray(String[]::new));
        } catch (MissingParameterException e) {
            throw new AssertionError(line + ": " + e.getMessage(), e);
        }
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of("README.md", "CONTRIBUTING.md", "benchmarks/RESULTS.md", "benchmarks/peers/README.md").map(ROOT::resolve),
                            docs.filter(path -> path.toString().endsWith(".md")))
                    .sorted()
                    .toList();
        }
    }

    /** Gives any variable a URL, so that an example may name one. */
    private static final class AnyVariable implements SecretProvider {
        @Override
        public String scheme() {
            return "env";
        }

        @Override
        public boolean sensitive() {
            return false;
        }

        @Override
        public Lookup lookup(String name) {
            return new Lookup.Found(Secret.of("postgres://reader@db.example.com/orders"));
        }
    }
}
