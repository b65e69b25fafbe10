package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What ended the work of some streams of a command while that of the others went on: these are told all the same. */
final class FailedStreams {
    /** The most serious first. */
    private static final List<ExitCode> WORST = List.of(
            ExitCode.BUG, ExitCode.UNKNOWN_OUTCOME, ExitCode.RESOURCE, ExitCode.EXTERNAL, ExitCode.DATA, ExitCode.USER);

    private final Map<StreamName, WindrowException> failed = new LinkedHashMap<>();

    void add(StreamName stream, RuntimeException error) {
        failed.put(stream, Failure.coded(error));
    }

    boolean isEmpty() {
        return failed.isEmpty();
    }

    /** The code of the most serious error; that of success if there is none. */
    ExitCode worst() {
        List<ExitCode> codes = failed.values().stream().map(error -> ExitCode.of(error.kind())).toList();
        return WORST.stream().filter(codes::contains).findFirst().orElse(ExitCode.OK);
    }

    List<Map<String, Object>> json() {
        return failed.entrySet().stream()
                .map(one -> Json.object("stream", one.getKey().toString(), "error", Failure.json(one.getValue())))
                .toList();
    }

    void print(Windrow windrow) {
        failed.values().forEach(error -> Failure.print(windrow.screen(), error, windrow.detail()));
    }
}
