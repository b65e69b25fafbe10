package io.windrow.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.windrow.core.cycle.a.First;
import io.windrow.core.cycle.b.Second;
import io.windrow.core.util.Broken;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HouseRulesTest {
    @Test
    void everyBrokenRuleIsReportedWithItsRemedy() {
        String report = String.join("\n", HouseRules.violations(new ClassFileImporter()
                .importClasses(Broken.class, Broken.BrokenConfig.class, First.class, Second.class)));
        assertThat(report)
                .contains("name the package or class by what it does")
                .contains("await the condition")
                .contains("use Context.notices()")
                .contains("take the value as a setting")
                .contains("throw WindrowException with a code")
                .contains("log once with the exception")
                .contains("say in one sentence what the setting does")
                .contains("drop the get")
                .contains("make two methods or an enum")
                .contains("Cycle detected");
    }

    @Test
    @Tag("H18")
    void whoReadsXmlScriptsOrSerialisedObjectsIsReported() {
        assertThat(HouseRules.violations(new ClassFileImporter().importClasses(Broken.class)))
                .filteredOn(violation -> violation.contains("input that can name classes"))
                .singleElement().asString().contains("ObjectInputStream");
    }

    @Test
    void longFilesUndocumentedPackagesAndSwallowedExceptionsAreReported(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("Long.java"), "\n".repeat(801));
        Files.writeString(folder.resolve("Swallow.java"), "try { x(); } catch (IOException e) { }\n// TO" + "DO\n");
        assertThat(SourceRules.violations(folder)).hasSize(4);
    }

    @Test
    void aFileOver400LinesSaysWhyAndWhatIsSavedHasAGoldenFile(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("Long.java"), "\n".repeat(401));
        Files.writeString(folder.resolve("Table.java"), "// Over 400 lines: one table\n" + "\n".repeat(500));
        Files.writeString(folder.resolve("package-info.java"), "");
        assertThat(SourceRules.violations(folder)).singleElement().asString().contains("Long.java has 401 lines");

        Path connector = Files.createDirectories(folder.resolve("src/main/java/io/windrow/connectors/barn"));
        Path golden = Files.createDirectories(folder.resolve("src/test/resources"));
        Files.writeString(connector.resolve("BarnPosition.java"), "static final int VERSION = 2;");
        Files.writeString(golden.resolve("saved-texts-1.txt"), "");
        assertThat(SourceRules.missingGoldenFiles(folder)).singleElement().asString().contains("saved-texts-2.txt");
        Files.writeString(golden.resolve("saved-texts-2.txt"), "");
        assertThat(SourceRules.missingGoldenFiles(folder)).isEmpty();
    }

    @Test
    void theRulesKeepThemselves() {
        HouseRules.check();
    }
}
