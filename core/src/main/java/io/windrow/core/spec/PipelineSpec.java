package io.windrow.core.spec;

import io.windrow.api.config.Secret;
import io.windrow.api.sink.WriteMode;
import io.windrow.core.policy.Governance;
import io.windrow.core.policy.QuarantinePolicy;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One pipeline as its file describes it, typed and resolved. Holds secrets, which print as {@code ***}.
 *
 * @param file the file it was read from, or what stands for it ({@code command line})
 * @param folder the folder that relative paths start from
 * @param pipeline the name, unique within a state store
 * @param owner who answers for it
 * @param source where rows come from
 * @param sink where rows go to
 * @param run how it is run
 * @param write write modes by stream name as {@code namespace.name}, where they differ from the default
 * @param governance what is done to rows between source and sink
 */
public record PipelineSpec(
        String file,
        Path folder,
        String pipeline,
        Owner owner,
        Side source,
        Side sink,
        RunConfig run,
        Map<String, WriteMode> write,
        Governance governance) {
    private static final String SQLITE = "jdbc:sqlite:";
    /** What else the URL may say is for the store to refuse. */
    private static final Pattern RELATIVE = Pattern.compile(SQLITE + "(?!file:)[^/:?\\x00][^?\\x00]*");

    public PipelineSpec {
        write = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(write));
    }

    /**
     * One end of a pipeline.
     *
     * @param connector the connector's name
     * @param config its config record
     * @param place the place of the section in the file
     */
    public record Side(String connector, Record config, String place) {}

    /** Where rows that are set aside go: the configured folder, or {@code quarantine} beside the pipeline file. */
    public Path quarantineFolder() {
        return governance.quarantine().map(QuarantinePolicy::path).orElseGet(() -> folder.resolve("quarantine"));
    }

    /**
     * The JDBC URL of the state store: the configured one, or a SQLite file in {@code .windrow} beside the pipeline file. A
     * relative file starts from {@link #folder}. May hold a password.
     */
    public Secret stateUrl() {
        return relativeState()
                .map(file -> Secret.of(SQLITE + folder.resolve(file)))
                .or(run::state)
                .orElseGet(() -> Secret.of(SQLITE + folder.resolve(".windrow").resolve(pipeline + ".db")));
    }

    /** The file of the state store as it is configured, if that is a relative path. */
    public Optional<Path> relativeState() {
        return run.state()
                .map(Secret::reveal)
                .filter(url -> RELATIVE.matcher(url).matches())
                .map(url -> Path.of(url.substring(SQLITE.length())))
                .filter(file -> !file.isAbsolute());
    }
}
