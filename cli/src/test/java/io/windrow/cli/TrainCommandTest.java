package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What the start-up cache is trained with. */
class TrainCommandTest {
    private static final List<Path> CLASS_PATH = Stream.of(
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")).split(java.io.File.pathSeparator))
            .map(Path::of)
            .filter(Files::exists)
            .toList();

    @Test
    void noClassThatStandsOnASignedJarIsTrained() throws IOException {
        Set<String> signed = new TreeSet<>();
        for (Path entry : CLASS_PATH) {
            if (Files.isRegularFile(entry)) {
                signed.addAll(packagesIfSigned(entry));
            }
        }
        assertThat(signed).as("packages of signed jars").isNotEmpty();
        List<String> standing = new ArrayList<>();
        for (Path entry : CLASS_PATH) {
            // Ours are folders until they are packaged, then jars.
            if (entry.endsWith(Path.of("target", "classes"))) {
                standing.addAll(standingOn(signed, entry));
            } else if (entry.getFileName().toString().startsWith("windrow-")) {
                try (FileSystem jar = FileSystems.newFileSystem(entry)) {
                    standing.addAll(standingOn(signed, jar.getPath("/")));
                }
            }
        }
        assertThat(standing).isNotEmpty().allMatch(name -> name.contains(TrainCommand.ON_SIGNED_JAR));
    }

    private static Set<String> packagesIfSigned(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            List<String> names = file.stream().map(ZipEntry::getName).toList();
            return names.stream().noneMatch(name -> name.startsWith("META-INF/") && name.endsWith(".SF"))
                    ? Set.of()
                    : names.stream()
                            .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/") && name.contains("/"))
                            .map(name -> name.substring(0, name.lastIndexOf('/') + 1))
                            .collect(Collectors.toSet());
        }
    }

    private static List<String> standingOn(Set<String> packages, Path classes) throws IOException {
        List<String> standing = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
                String constants = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                if (packages.stream().anyMatch(constants::contains)) {
                    standing.add(classes.relativize(file).toString());
                }
            }
        }
        return standing;
    }
}
