package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher at the root of the project, as a user calls it. */
@Tag("server")
class LauncherTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    @Test
    @Tag("slow")
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void two_callers_at_once_on_a_new_clone_build_once_and_both_succeed() throws Exception {
        Path clone = cloned();
        Process first = start(clone, Map.of(), "first", "connectors");
        Process second = start(clone, Map.of(), "second", "connectors");
        assertThat(first.waitFor()).as(err("first")).isZero();
        assertThat(second.waitFor()).as(err("second")).isZero();
        assertThat(out("first")).isEqualTo(out("second")).contains("postgres").contains("files");
        assertThat(err("first") + err("second")).containsOnlyOnce("building with JDK").containsOnlyOnce("preparing the start-up cache");

        assertThat(start(clone, Map.of(), "third", "connectors").waitFor()).isZero();
        assertThat(err("third")).as("nothing is built or prepared twice").isEmpty();

        assertThat(start(clone, Map.of(), "all", "--help").waitFor()).as(err("all")).isZero();
        assertThat(out("all")).as("every command, though none but the demo has the demo's jars").contains("demo", "verify");

        Path loaded = folder.resolve("loaded");
        Map<String, String> telling = Map.of(
                "LC_ALL", "C", "WINDROW_JAVA_OPTS", "-XshowSettings:properties -Xlog:class+load=info:file=" + loaded);
        assertThat(start(clone, telling, "fourth", "connectors").waitFor()).as(err("fourth")).isZero();
        assertThat(err("fourth")).as("names of files beyond ASCII, whatever the locale").contains("sun.jnu.encoding = UTF-8");
        Path jdk = Files.createDirectories(folder.resolve("jdk/bin")).getParent();
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"21.0.1\"\n");
        Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\nenv\n");
        Files.setPosixFilePermissions(jdk.resolve("bin/java"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> speaking = Map.of("LC_ALL", "C.UTF-8", "LC_MESSAGES", "de_DE.UTF-8", "WINDROW_JAVA_HOME", jdk.toString());
        assertThat(start(clone, speaking, "speaking", "connectors").waitFor()).as(err("speaking")).isZero();
        assertThat(out("speaking").lines()).as("the system's reasons are English, names of files stay as they were")
                .contains("LC_MESSAGES=C", "LC_CTYPE=C.UTF-8").noneMatch(line -> line.startsWith("LC_ALL="));
        List<String> classes = Files.readAllLines(loaded);
        assertThat(classes).filteredOn(line -> line.contains(" io.windrow.") && !line.contains("$$"))
                .as("our classes come from the start-up cache, although a jar on the class path is signed")
                .isNotEmpty()
                .allMatch(line -> line.contains("source: shared objects file"));
        assertThat(classes).as("no signed jar is opened").noneMatch(line -> line.contains("org.bouncycastle"));

        // As an installation of another user's after an update of the JDK: no process can open a folder for writing.
        Path launch = clone.resolve("cli/target/launch");
        try (Stream<Path> caches = Files.list(launch.resolve("cache"))) {
            for (Path cache : caches.toList()) {
                Files.delete(cache);
            }
        }
        Files.delete(launch.resolve("lock"));
        Files.createDirectory(launch.resolve("lock"));
        assertThat(start(clone, Map.of(), "fifth", "connectors").waitFor()).as(err("fifth")).isZero();
        assertThat(out("fifth")).isEqualTo(out("first"));
        assertThat(err("fifth")).as("a start without the cache says nothing").isEmpty();
    }

    /** As with a launcher that does not see to the locale. */
    @Test
    void a_locale_that_cannot_spell_a_partition_stops_its_stream_and_no_other_and_nothing_stays_half_done() throws Exception {
        try (PostgresDatabase database = PostgresDatabase.create(PostgresServer.shared(18))) {
            database.execute(
                    "CREATE TABLE towns (id int PRIMARY KEY, name text)",
                    "INSERT INTO towns VALUES (1, 'Bern'), (2, 'Zürich')",
                    "CREATE TABLE plain (LIKE towns)",
                    "INSERT INTO plain SELECT * FROM towns");
            String pipeline = Files.writeString(folder.resolve("towns.yaml"), """
                    pipeline: towns
                    source:
                      postgres:
                        url: '%s'
                        streams:
                          - {table: public.towns, mode: snapshot}
                          - {table: public.plain, mode: snapshot}
                    sink:
                      files:
                        path: ./out
                        format: jsonl
                        partitions: [{stream: public.towns, by: [name]}]
                    """.formatted(database.url())).toString();
            for (int i = 0; i < 2; i++) {
                try (ChildJvm run = ChildJvm.start(Main.class.getName(), List.of("run", pipeline), Map.of("LC_ALL", "C"))) {
                    assertThat(run.awaitEnd(Duration.ofMinutes(2))).as(run.output()).isEqualTo(ExitCode.PARTIAL.value());
                    assertThat(run.output()).contains("files.name_unspellable", "LC_ALL=C.UTF-8").containsPattern("public.plain +completed");
                }
            }
            try (ChildJvm run = ChildJvm.start(Main.class.getName(), List.of("run", pipeline), Map.of("LC_ALL", "C.UTF-8"))) {
                assertThat(run.awaitEnd(Duration.ofMinutes(2))).as(run.output()).isZero();
            }
            try (Stream<Path> found = Files.walk(folder.resolve("out/public.towns"), FileVisitOption.FOLLOW_LINKS)) {
                assertThat(found.filter(path -> path.toString().endsWith(".jsonl"))).hasSize(2);
            }
        }
    }

    @Test
    void a_named_jdk_that_is_none_ends_with_2_and_what_to_do() throws Exception {
        Process process = start(ROOT, Map.of("WINDROW_JAVA_HOME", folder.resolve("none").toString()), "named", "--java");
        assertThat(process.waitFor()).isEqualTo(ExitCode.USER.value());
        assertThat(err("named")).contains("is no JDK of version 21 or newer").contains("to do: ");
    }

    @Test
    void a_java_home_that_is_too_old_or_gone_is_passed_over_for_the_newest_jdk_that_there_is() throws Exception {
        Path old = jdk("old", "17.0.15");
        Path newest = jdk("newest", "99.0.1");
        for (Path home : List.of(old, folder.resolve("gone"))) {
            Map<String, String> environment = Map.of("JAVA_HOME", home.toString(), "JAVA99_HOME", newest.toString());
            assertThat(start(ROOT, environment, "newest", "--java").waitFor()).as(err("newest")).isZero();
            assertThat(out("newest").strip()).isEqualTo(newest.resolve("bin/java").toString());
        }
    }

    /** What the launcher sees of a JDK: a release file and an executable. */
    private Path jdk(String name, String version) throws IOException {
        Path home = folder.resolve(name);
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private Process start(Path root, Map<String, String> environment, String name, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(root.resolve("windrow").toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().remove("WINDROW_JAVA_HOME");
        builder.environment().putAll(environment);
        return builder.directory(folder.toFile())
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .redirectError(folder.resolve(name + ".err").toFile())
                .start();
    }

    private String out(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".out"));
    }

    private String err(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".err"));
    }

    /** The sources of the project without what was built from them. */
    private Path cloned() throws IOException {
        Path clone = folder.resolve("clone");
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path source, BasicFileAttributes attributes) throws IOException {
                String name = source.getFileName().toString();
                if (name.equals("target") || name.startsWith(".")) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(clone.resolve(ROOT.relativize(source)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path source, BasicFileAttributes attributes) throws IOException {
                Files.copy(source, clone.resolve(ROOT.relativize(source)));
                return FileVisitResult.CONTINUE;
            }
        });
        return clone;
    }
}
