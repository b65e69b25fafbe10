package io.windrow.rules;

import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.concurrent.Executors;

/** How classes are named and what they may call. */
final class CodeRules {
    private static final String DOC = "io.windrow.api.config.Doc";
    private static final String[] TOOLS = {"io.windrow.cli..", "io.windrow.demo..", "io.windrow.benchmarks.."};
    private static final String EMPTY_NAMES = "(?i).*\\.(util|utils|common|commons|helper|helpers|manager|managers|impl)(\\..*)?";

    private CodeRules() {}

    static List<ArchRule> all() {
        return List.of(
                noClasses().should().haveNameMatching(EMPTY_NAMES)
                        .orShould().haveSimpleNameEndingWith("Util").orShould().haveSimpleNameEndingWith("Utils")
                        .orShould().haveSimpleNameEndingWith("Helper").orShould().haveSimpleNameEndingWith("Manager")
                        .orShould().haveSimpleNameEndingWith("Impl").orShould().haveSimpleNameStartingWith("Common")
                        .because("util, common, helper, manager and impl say nothing: name the package or class by what"
                                + " it does")
                        .allowEmptyShould(true),
                noClasses().should().callMethod(Thread.class, "sleep", long.class)
                        .orShould().callMethod(Thread.class, "sleep", java.time.Duration.class)
                        .because("a sleep is too long or too short: await the condition (a latch, a future, a poll with a"
                                + " deadline, Awaitility in tests)")
                        .allowEmptyShould(true),
                noClasses().that().resideOutsideOfPackages(TOOLS).and().doNotHaveSimpleName("KillingFailpoints")
                        .should().accessField(System.class, "out").orShould().accessField(System.class, "err")
                        .orShould().callMethod(System.class, "exit", int.class)
                        .because("only cli, demo and benchmarks speak to the terminal or end the process: log with SLF4J,"
                                + " use Context.notices(), or throw a WindrowException")
                        .allowEmptyShould(true),
                noClasses().that().resideOutsideOfPackages("io.windrow.cli..", "io.windrow.demo..",
                                "io.windrow.benchmarks..", "io.windrow.testkit..", "io.windrow.core.spec..")
                        .should().callMethod(System.class, "getenv").orShould().callMethod(System.class, "getenv", String.class)
                        .because("the environment is read by core.spec's ${env:…} and by cli: take the value as a setting")
                        .allowEmptyShould(true),
                // These two wait, outside of any run, for what may never answer: a thread of a pool would be lost to others.
                noClasses().that().resideInAnyPackage("io.windrow.api..", "io.windrow.core..")
                        .and().doNotHaveSimpleName("SecretProviders").and().doNotHaveSimpleName("OtelExport")
                        .should().dependOnClassesThat().areAssignableTo(Executors.class)
                        .orShould().callConstructor(Thread.class, Runnable.class)
                        .orShould().callMethod(Thread.class, "ofPlatform").orShould().callMethod(Thread.class, "ofVirtual")
                        .because("a runner decides when and where things run: hand it the work instead of a thread")
                        .allowEmptyShould(true),
                noClasses().should().callConstructorWhere(bare())
                        .because("a bare exception has no code: throw WindrowException with a code of the package's enum")
                        .allowEmptyShould(true),
                noClasses().should().callMethodWhere(DescribedPredicate.describe("printStackTrace is called",
                                call -> call.getTarget().getName().equals("printStackTrace")
                                        && call.getTarget().getRawParameterTypes().isEmpty()))
                        .because("a stack trace on the terminal helps nobody: throw, or log once with the exception")
                        .allowEmptyShould(true),
                noClasses().should().dependOnClassesThat().resideInAnyPackage("javax.xml..", "org.xml..", "org.w3c..", "javax.script..")
                        .orShould().dependOnClassesThat().haveFullyQualifiedName("java.io.ObjectInputStream")
                        .orShould().dependOnClassesThat().haveFullyQualifiedName("java.beans.XMLDecoder")
                        .because("input that can name classes, files or addresses is code: read it with a parser of data, as"
                                + " JSON, YAML without tags, Avro, Arrow or Parquet (H18)")
                        .allowEmptyShould(true),
                classes().that().haveSimpleNameEndingWith("Config").and().resideOutsideOfPackage("io.windrow.core.spec..")
                        .should().beRecords()
                        .because("a config is a record, so that the parser, schema and reference are made from it")
                        .allowEmptyShould(true),
                classes().that().haveSimpleNameEndingWith("Config").and().areRecords()
                        .should(documentEveryComponent())
                        .because("parser, schema, reference and help are made from @Doc: say in one sentence what the"
                                + " setting does")
                        .allowEmptyShould(true),
                noMethods().that().haveNameMatching("get[A-Z].*").and().areDeclaredInClassesThat().resideInAPackage("io.windrow..")
                        .and(notOverriding())
                        .should().beDeclaredInClassesThat(DescribedPredicate.alwaysTrue())
                        .because("a property is named by its noun: drop the get")
                        .allowEmptyShould(true),
                methods().that(modifier(PUBLIC).as("public")).and().areDeclaredInClassesThat().arePublic()
                        .and(notOverriding())
                        .should(takeNoBoolean())
                        .because("f(true) does not say what it does: make two methods or an enum")
                        .allowEmptyShould(true),
                classes().should(extendAtMostTwoOfOurs())
                        .because("deep inheritance hides behaviour: hold the other object instead of extending it")
                        .allowEmptyShould(true));
    }

    private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaConstructorCall> bare() {
        return DescribedPredicate.describe("the exception is bare", call -> {
            JavaClass target = call.getTargetOwner();
            boolean bare = List.of("java.lang.RuntimeException", "java.lang.Exception", "java.lang.Error",
                            "java.lang.Throwable").contains(target.getName());
            boolean superCall = call.getOrigin().isConstructor()
                    && call.getOriginOwner().getRawSuperclass().map(target::equals).orElse(false);
            return bare && !superCall;
        });
    }

    private static DescribedPredicate<JavaMethod> notOverriding() {
        return DescribedPredicate.describe("do not override", method ->
                !method.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && !method.getOwner().isRecord()
                        && !overrides(method));
    }

    private static boolean overrides(JavaMethod method) {
        JavaClass owner = method.getOwner();
        return java.util.stream.Stream.concat(owner.getAllRawSuperclasses().stream(), owner.getAllRawInterfaces().stream())
                .anyMatch(type -> type.getMethods().stream().anyMatch(inherited ->
                        inherited.getName().equals(method.getName())
                                && inherited.getRawParameterTypes().size() == method.getRawParameterTypes().size()));
    }

    private static ArchCondition<JavaMethod> takeNoBoolean() {
        return new ArchCondition<>("take no boolean") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                if (method.getRawParameterTypes().stream().anyMatch(type -> type.getName().equals("boolean"))) {
                    events.add(SimpleConditionEvent.violated(method, method.getFullName() + " takes a boolean"));
                }
            }
        };
    }

    private static ArchCondition<JavaClass> documentEveryComponent() {
        return new ArchCondition<>("carry @Doc on every component") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getFields().stream()
                        .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                        .filter(field -> !field.isAnnotatedWith(DOC))
                        .forEach(field -> events.add(SimpleConditionEvent.violated(
                                field, field.getFullName() + " has no @Doc")));
            }
        };
    }

    private static ArchCondition<JavaClass> extendAtMostTwoOfOurs() {
        return new ArchCondition<>("have at most two of our classes above them") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                long ours = type.getAllRawSuperclasses().stream()
                        .filter(above -> above.getPackageName().startsWith("io.windrow"))
                        .count();
                if (ours > 2) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " is " + ours + " levels deep"));
                }
            }
        };
    }
}
