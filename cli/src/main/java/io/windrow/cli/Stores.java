package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StateStores;
import io.windrow.core.contract.SchemaBook;
import io.windrow.core.contract.SchemaVersion;
import io.windrow.core.spec.PipelineSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Opens the state store of a pipeline. */
final class Stores {
    private static final String SQLITE = "jdbc:sqlite:";

    private Stores() {}

    /** Opens the store, and makes it if need be. */
    static StateStore open(PipelineSpec spec) {
        expectBesideTheFile(spec);
        return StateStores.open(spec.stateUrl().reveal());
    }

    /** Opens the store for looking only: a SQLite file that does not exist is not made. */
    static Optional<StateStore> existing(PipelineSpec spec) {
        expectBesideTheFile(spec);
        String url = spec.stateUrl().reveal();
        if (url.startsWith(SQLITE) && !Files.exists(Path.of(url.substring(SQLITE.length())))) {
            return Optional.empty();
        }
        return Optional.of(StateStores.open(url));
    }

    /** Earlier versions took a relative path from the working directory: what is remembered there is not left behind without a word. */
    private static void expectBesideTheFile(PipelineSpec spec) {
        Optional<Path> written = spec.relativeState();
        if (written.isEmpty()) {
            return;
        }
        Path beside = spec.folder().resolve(written.get()).toAbsolutePath().normalize();
        Path here = written.get().toAbsolutePath().normalize();
        if (!Files.exists(beside) && Files.isRegularFile(here)) {
            throw WindrowException.of(
                            CliError.STATE_ELSEWHERE,
                            "Opening the state of " + spec.pipeline() + ": run.state names " + beside + ", which is not there, and there is "
                                    + here)
                    .remedy("If that is the pipeline's store, move it with the files beside it (" + here.getFileName()
                            + "*) to " + beside.getParent() + ", or write its absolute path; if it is not, run from another folder once.");
        }
    }

    /** The schemas that runs have accepted last; none without a store. */
    static Map<StreamName, SchemaVersion> acceptedSchemas(PipelineSpec spec) {
        Optional<StateStore> existing = existing(spec);
        if (existing.isEmpty()) {
            return Map.of();
        }
        try (StateStore store = existing.get()) {
            return new SchemaBook(store, spec.pipeline()).newest();
        }
    }

    /** The store, or an error that says there is no state. */
    static StateStore required(PipelineSpec spec) {
        return existing(spec).orElseThrow(() -> WindrowException.of(
                CliError.NO_STATE,
                "Opening the state of " + spec.pipeline() + ": there is no store at "
                        + spec.stateUrl().reveal().substring(SQLITE.length())));
    }
}
