package io.windrow.cli;

import io.windrow.api.context.Notices;
import io.windrow.api.error.WindrowException;
import io.windrow.core.plan.Plan;
import io.windrow.core.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks now and then whether the pipeline file was written, on a thread of its own, and passes on what it describes by then. A file
 * that cannot be read, or says something else than a run may become while it goes on, is told and changes nothing.
 */
final class PipelineWatch implements AutoCloseable {
    private static final long EVERY_SECONDS = 2;

    private final Path file;
    private final Supplier<Plan> reader;
    private final Consumer<Plan> renewed;
    private final Notices notices;
    private final PipelineSpec began;
    private final @Nullable Found at;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::watch, "windrow-file");

    /** A file as it was found; also one that was only touched is another: the tables that a pattern means may be more by then. */
    private record Found(long modified, byte[] bytes) {
        boolean isOther(Found found) {
            return modified != found.modified || !Arrays.equals(bytes, found.bytes);
        }
    }

    /**
     * Starts to look.
     *
     * @param began what the run began with
     * @param reader reads the file, and throws what is wrong with it
     * @param renewed takes what the file describes, on the watch's thread
     */
    PipelineWatch(Path file, Plan began, Supplier<Plan> reader, Consumer<Plan> renewed, Notices notices) {
        this.file = file;
        this.began = began.spec();
        this.reader = reader;
        this.renewed = renewed;
        this.notices = notices;
        this.at = found();
        thread.start();
    }

    private void watch() {
        try {
            Found known = at;
            Found last = at;
            while (!closed.await(EVERY_SECONDS, TimeUnit.SECONDS)) {
                Found now = found();
                // An editor may take the file away before it puts the new one there, or be writing it: it has to be the same twice.
                if (now != null && last != null && !last.isOther(now) && (known == null || known.isOther(now))) {
                    known = now;
                    read();
                }
                last = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Found found() {
        try {
            return new Found(Files.getLastModifiedTime(file).toMillis(), Files.readAllBytes(file));
        } catch (IOException e) {
            return null;
        }
    }

    private void read() {
        try {
            Plan plan = reader.get();
            List<String> fixed = fixed(plan.spec());
            if (fixed.isEmpty()) {
                renewed.accept(plan);
            } else {
                notices.tell("cli.restart_needed", "The pipeline goes on as it was: " + file.getFileName() + " has another "
                        + String.join(", ", fixed) + ", which takes a restart.");
            }
        } catch (WindrowException e) {
            notices.tell("cli.file_refused", "The pipeline goes on as it was, since " + file.getFileName() + " cannot be read anew: "
                    + e.place().map(place -> place + ": ").orElse("") + e.getMessage() + " (" + e.errorCode().code() + ")");
        }
    }

    /** What a run is made of once. */
    private List<String> fixed(PipelineSpec now) {
        List<String> fixed = new ArrayList<>();
        if (!now.pipeline().equals(began.pipeline())) {
            fixed.add("pipeline");
        }
        if (!now.run().equals(began.run())) {
            fixed.add("run");
        }
        if (!now.governance().encryption().equals(began.governance().encryption())) {
            fixed.add("encryption");
        }
        if (!now.governance().quarantine().equals(began.governance().quarantine())) {
            fixed.add("quarantine");
        }
        return fixed;
    }

    /** Looks no more. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
