package io.windrow.testkit.conformance;

import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Notices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.jspecify.annotations.Nullable;

/**
 * The ambient things of a connector under test. As a JUnit extension in a field ({@code @RegisterExtension}) it gives
 * each test a fresh allocator and folder, and fails the test that leaks a buffer. Safe for use by many threads.
 */
public final class TestContext implements Context, BeforeEachCallback, AfterEachCallback {
    private final List<String> notices = new CopyOnWriteArrayList<>();
    private final Clock clock;
    private final Failpoints failpoints;
    private @Nullable BufferAllocator allocator;
    private @Nullable Path folder;

    /** With the system's clock and without failpoints. */
    public TestContext() {
        this(Clock.systemUTC(), Failpoints.NONE);
    }

    /** With the given clock and failpoints. */
    public TestContext(Clock clock, Failpoints failpoints) {
        this.clock = clock;
        this.failpoints = failpoints;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        allocator = new RootAllocator();
        folder = Files.createTempDirectory("windrow-test-");
        notices.clear();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        BufferAllocator used = allocator();
        Path made = temporaryFolder();
        allocator = null;
        folder = null;
        try (Stream<Path> files = Files.walk(made)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        long leaked = used.getAllocatedMemory();
        try {
            used.close();
        } catch (IllegalStateException e) {
            throw new AssertionError("The test leaks " + leaked + " bytes of Arrow buffers: " + e.getMessage(), e);
        }
    }

    @Override
    public String pipeline() {
        return "conformance";
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public BufferAllocator allocator() {
        return present(allocator);
    }

    @Override
    public Path temporaryFolder() {
        return present(folder);
    }

    @Override
    public Failpoints failpoints() {
        return failpoints;
    }

    @Override
    public Notices notices() {
        return (code, text) -> notices.add(code + ": " + text);
    }

    /** What the user was told during this test, as {@code code: text}. */
    public List<String> told() {
        return List.copyOf(notices);
    }

    /** A folder of the test's own below {@link #temporaryFolder}. */
    public Path folder(String name) {
        try {
            return Files.createDirectories(temporaryFolder().resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("Making a folder for a test", e);
        }
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("There is none outside a test: is the field @RegisterExtension?");
        }
        return value;
    }
}
