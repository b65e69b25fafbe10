package io.windrow.rules;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;

/** Who may depend on whom. */
final class DependencyRules {
    private static final String[] LANGUAGE = {"java..", "javax.crypto..", "javax.sql..", "org.slf4j..", "org.jspecify..", "org.apache.arrow.."};

    private DependencyRules() {}

    static List<ArchRule> all() {
        return List.of(
                classes().that().resideInAPackage("io.windrow.api..")
                        .should().onlyDependOnClassesThat(in(LANGUAGE, "io.windrow.api.."))
                        .because("the SPI keeps no other dependency than Arrow vector and memory, SLF4J and JSpecify:"
                                + " move the code that needs more into core or into the connector")
                        .allowEmptyShould(true),
                classes().that().resideInAPackage("io.windrow.connectors..")
                        .should(seeOnlyApiAndItself())
                        .because("a connector sees the SPI and nothing else of ours: put what it needs into api if it is"
                                + " contract, else copy it until the third use")
                        .allowEmptyShould(true),
                classes().that().resideInAPackage("io.windrow.core..")
                        .should().onlyDependOnClassesThat(in(LANGUAGE, "io.windrow.api..", "io.windrow.core..",
                                "org.snakeyaml..", "com.fasterxml.jackson.core..", "org.flywaydb..", "com.sun.management..", "com.sun.net.httpserver..",
                                "javax.crypto..", "org.bouncycastle.crypto..", "com.google.crypto.tink.subtle..", "com.google.i18n.phonenumbers..",
                                "io.opentelemetry..", "org.apache.avro..", "dev.cel..", "com.google.re2j..", "com.google.common.."))
                        .because("core knows no connector, runner, JDBC driver or server: let the caller hand in what"
                                + " it makes, or find it with ServiceLoader behind an SPI interface")
                        .allowEmptyShould(true),
                classes().that().resideInAPackage("io.windrow.core.epoch..")
                        .should().onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..",
                                "io.windrow.api..", "io.windrow.core.epoch..", "io.windrow.core.checkpoint..",
                                "io.windrow.core.ledger.."))
                        .because("core.epoch is a pure state machine, so that it can be explored exhaustively: do the"
                                + " I/O in the runner and hand the result in")
                        .allowEmptyShould(true),
                noClasses().that().resideInAPackage("io.windrow.core.epoch..")
                        .should().dependOnClassesThat().resideInAnyPackage("java.sql..", "java.nio.file..", "java.net..")
                        .because("core.epoch does no I/O: do it in the runner and hand the result in")
                        .allowEmptyShould(true),
                classes().that().resideInAPackage("io.windrow.runner.local..")
                        .should().onlyDependOnClassesThat(in(LANGUAGE, "io.windrow.api..", "io.windrow.core..",
                                "io.windrow.runner.local..", "com.sun.management.."))
                        .because("a runner runs a plan and knows no concrete connector or store: wire those in cli")
                        .allowEmptyShould(true),
                noClasses().that().resideInAPackage("io.windrow.testkit..")
                        .should().dependOnClassesThat().resideInAnyPackage("io.windrow.connectors..", "io.windrow.cli..")
                        .because("the testkit proves any connector: let the connector's test hand in its factory")
                        .allowEmptyShould(true),
                noClasses().that().resideOutsideOfPackage("io.windrow.runner.flink..")
                        .should().dependOnClassesThat().resideInAPackage("org.apache.flink..")
                        .because("only runner-flink sees Flink: put a neutral type into core and translate there")
                        .allowEmptyShould(true),
                noClasses().that().resideOutsideOfPackages("io.windrow.core.telemetry..", "io.windrow.testkit.telemetry..")
                        .should().dependOnClassesThat().resideInAPackage("io.opentelemetry..")
                        .because("OpenTelemetry loads only when a variable asks for it: announce a RunEvent and let"
                                + " core.telemetry make a span or a number of it")
                        .allowEmptyShould(true),
                noClasses().that().resideInAPackage("io.windrow.core..")
                        .and().haveNameNotMatching("io\\.windrow\\.core\\.transform\\.expression\\.Cel(Checker|Types)(\\$.*)?")
                        .should().dependOnClassesThat().resideInAnyPackage("dev.cel..", "com.google.common..")
                        .because("CEL loads only when a pipeline has an expression, and only checks it: make a node of ours"
                                + " in CelChecker")
                        .allowEmptyShould(true),
                noClasses().that().resideOutsideOfPackage("io.windrow.benchmarks..")
                        .should().dependOnClassesThat(hadoop())
                        .because("no Hadoop class is on the class path at run time: use our own Parquet encoder and the"
                                + " footer types of parquet-format-structures")
                        .allowEmptyShould(true),
                slices().assignedFrom(packages()).should().beFreeOfCycles()
                        .because("packages that need each other are one package: move the type that both need into the"
                                + " lower one, or let the lower one define an interface")
                        .allowEmptyShould(true));
    }

    private static DescribedPredicate<JavaClass> in(String[] common, String... more) {
        return resideInAnyPackage(common).or(resideInAnyPackage(more)).or(primitives());
    }

    /** Arrays of primitives have no package. */
    private static DescribedPredicate<JavaClass> primitives() {
        return DescribedPredicate.describe("primitives", type -> type.getBaseComponentType().isPrimitive()
                || (type.isArray() && type.getBaseComponentType().getPackageName().startsWith("java.")));
    }

    private static DescribedPredicate<JavaClass> hadoop() {
        return resideInAPackage("org.apache.hadoop..").or(
                resideInAPackage("org.apache.parquet..").and(not(resideInAPackage("org.apache.parquet.format.."))));
    }

    private static ArchCondition<JavaClass> seeOnlyApiAndItself() {
        return new ArchCondition<>("see only io.windrow.api and their own connector set") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String own = connector(type.getPackageName());
                type.getDirectDependenciesFromSelf().forEach(dependency -> {
                    String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
                    boolean ours = target.startsWith("io.windrow.");
                    boolean allowed = target.startsWith("io.windrow.api.") || (target + ".").startsWith(own + ".");
                    if (ours && !allowed) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                });
            }
        };
    }

    private static String connector(String packageName) {
        String rest = packageName.substring("io.windrow.connectors.".length());
        int dot = rest.indexOf('.');
        return "io.windrow.connectors." + (dot < 0 ? rest : rest.substring(0, dot));
    }

    private static SliceAssignment packages() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                String name = type.getPackageName();
                return name.startsWith("io.windrow.") ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        };
    }
}
