package io.windrow.rules;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks one module against all rules. A module's own test is two lines:
 *
 * <pre>{@code
 * @Test
 * void theModuleKeepsTheHouseRules() { HouseRules.check(); }
 * }</pre>
 */
public final class HouseRules {
    private HouseRules() {}

    /** Checks the module in whose folder the tests run: its main classes and its main sources. */
    public static void check() {
        List<String> violations = violations(Path.of("").toAbsolutePath());
        if (!violations.isEmpty()) {
            throw new AssertionError("The house rules are broken in " + violations.size() + " places:\n\n"
                    + String.join("\n\n", violations));
        }
    }

    /** What breaks a rule in the module in the given folder, each with its remedy. */
    public static List<String> violations(Path module) {
        try {
            List<String> found = new ArrayList<>();
            Path classes = module.resolve("target").resolve("classes");
            if (Files.isDirectory(classes)) {
                found.addAll(violations(new ClassFileImporter().importPath(classes)));
                found.addAll(SourceRules.unlistedConnectors(classes));
            }
            found.addAll(SourceRules.violations(module.resolve("src").resolve("main").resolve("java")));
            found.addAll(SourceRules.missingGoldenFiles(module));
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException("Reading the module " + module, e);
        }
    }

    /** What breaks a rule in the given classes. */
    static List<String> violations(JavaClasses classes) {
        List<String> found = new ArrayList<>();
        List<ArchRule> rules = new ArrayList<>(DependencyRules.all());
        rules.addAll(CodeRules.all());
        for (ArchRule rule : rules) {
            EvaluationResult result = rule.evaluate(classes);
            if (result.hasViolation()) {
                found.add(result.getFailureReport().toString());
            }
        }
        return found;
    }
}
