package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How an error looks: what, code, place, remedy. No stack trace unless asked for. */
final class Failure {
    private Failure() {}

    /** Any exception as a coded one. */
    static WindrowException coded(Throwable thrown) {
        return switch (thrown) {
            case WindrowException coded -> coded;
            case OutOfMemoryError memory -> WindrowException.of(
                            MemoryError.HEAP, "Running the command: " + memory.getMessage(), memory);
            default -> WindrowException.of(
                    CliError.BUG, "Running the command: " + thrown.getClass().getSimpleName() + " " + where(thrown), thrown);
        };
    }

    static void print(Screen screen, WindrowException error, Detail detail) {
        List<String> lines = new ArrayList<>();
        lines.add(screen.styled(Screen.Style.BAD, "error") + "  " + error.getMessage());
        lines.add("code   " + error.errorCode().code());
        error.place().ifPresent(place -> lines.add("place  " + place));
        lines.add("to do  " + error.remedy());
        if (detail == Detail.DEBUG) {
            for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                lines.add("caused by " + cause.getClass().getName() + ": " + cause.getMessage());
                for (StackTraceElement frame : cause.getStackTrace()) {
                    lines.add("\tat " + frame);
                }
            }
        }
        screen.note(lines);
    }

    static Map<String, Object> json(WindrowException error) {
        return Json.object(
                "code", error.errorCode().code(),
                "kind", error.kind(),
                "message", error.getMessage(),
                "place", error.place(),
                "remedy", error.remedy());
    }

    /** How much to print. */
    enum Detail {
        BRIEF,
        DEBUG
    }

    private static String where(Throwable thrown) {
        StackTraceElement[] trace = thrown.getStackTrace();
        return trace.length == 0 ? "" : "at " + trace[0].getClassName() + ":" + trace[0].getLineNumber();
    }
}
