package io.windrow.testkit.scaffold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.windrow.api.connector.Connector;
import io.windrow.rules.HouseRules;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

@Tag("slow")
class SkeletonTest {
    private static final String ROOT = "<project><version>1.2-TEST</version><modules>\n    <module>demo</module>\n</modules></project>";

    @TempDir
    Path root;

    @ParameterizedTest
    @EnumSource(Skeleton.Side.class)
    void aNewConnectorCompilesKeepsTheRulesIsShortAndIsRedWithWhatToDoNext(Skeleton.Side side) throws Exception {
        Files.writeString(root.resolve("pom.xml"), ROOT);
        Skeleton skeleton = new Skeleton("hay_barn", side);
        List<Path> written = skeleton.write(root);
        long lines = 0;
        for (Path file : written) {
            lines += Files.readAllLines(root.resolve(file)).size();
            assertThat(Files.readString(root.resolve(file))).as(file.toString()).doesNotContainPattern("@[A-Za-z]+@");
        }
        assertThat(lines).isLessThan(300);
        assertThat(Files.readString(root.resolve("pom.xml"))).contains("<module>connectors/hay_barn</module>");
        assertThat(Files.readString(root.resolve("connectors/hay_barn/pom.xml"))).contains("<version>1.2-TEST</version>");

        Path module = root.resolve("connectors").resolve("hay_barn");
        compile(module, "main", "classes");
        compile(module, "test", "test-classes");
        Path services = module.resolve("src/main/resources/META-INF/services/io.windrow.api.connector.Connector");
        Path laid = module.resolve("target/classes/META-INF/services/io.windrow.api.connector.Connector");
        Files.createDirectories(laid.getParent());
        Files.copy(services, laid);
        assertThat(HouseRules.violations(module)).isEmpty();

        URL[] classes = {module.resolve("target/classes").toUri().toURL(), module.resolve("target/test-classes").toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
            assertThat(ServiceLoader.load(Connector.class, loader)).extracting(Connector::name).contains("hay_barn");
            TestExecutionSummary summary = run(loader.loadClass(skeleton.packageName() + ".HayBarnConformanceTest"));
            // The house rules are the one test that is about the module and not about what it does.
            assertThat(summary.getTestsSucceededCount()).isLessThanOrEqualTo(1);
            assertThat(summary.getTestsFailedCount()).isGreaterThanOrEqualTo(7);
            assertThat(summary.getFailures())
                    .filteredOn(failure -> !failure.getTestIdentifier().getDisplayName().contains("HouseRules"))
                    .allSatisfy(failure -> assertThat(failure.getException()).message().containsPattern(
                            "Using the connector hay_barn: .+ \\(HayBarn[A-Za-z.]+\\)"));
        }
    }

    @Test
    void aConnectorThatIsThereOrHasAnOddNameIsRefusedAndNothingIsWritten() throws Exception {
        Files.writeString(root.resolve("pom.xml"), ROOT);
        Files.createDirectories(root.resolve("connectors/barn"));
        assertThatThrownBy(() -> new Skeleton("barn", Skeleton.Side.SOURCE).write(root)).hasMessageContaining("there already");
        for (String name : List.of("Barn", "../barn", "a__b", "", "1a", "hay-barn")) {
            assertThatThrownBy(() -> new Skeleton(name, Skeleton.Side.SINK)).hasMessageContaining("Naming a connector");
        }
        assertThat(Files.readString(root.resolve("pom.xml"))).isEqualTo(ROOT);
    }

    private static void compile(Path module, String from, String to) throws Exception {
        Path out = Files.createDirectories(module.resolve("target").resolve(to));
        List<String> arguments = new ArrayList<>(List.of("-d", out.toString(), "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        + System.getProperty("path.separator") + module.resolve("target/classes"),
                "-Xlint:all,-serial,-processing,-classfile,-options,-path", "-Werror", "--release", "21"));
        try (var files = Files.walk(module.resolve("src").resolve(from).resolve("java"))) {
            files.filter(Files::isRegularFile).map(Path::toString).forEach(arguments::add);
        }
        int failed = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(failed).as("compiling " + from).isZero();
    }

    private static TestExecutionSummary run(Class<?> test) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request().selectors(selectClass(test)).build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        return listener.getSummary();
    }
}
