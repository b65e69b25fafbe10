package io.windrow.cli;

import io.windrow.api.error.WindrowException;
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
        screen.note(screen.styled(Screen.Style.BAD, "error") + "  " + error.getMessage());
        screen.note("code   " + error.errorCode().code());
        error.place().ifPresent(place -> screen.note("place  " + place));
        screen.note("to do  " + error.remedy());
        if (detail == Detail.DEBUG) {
            for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                screen.note("caused by " + cause.getClass().getName() + ": " + cause.getMessage());
                for (StackTraceElement frame : cause.getStackTrace()) {
                    screen.note("\tat " + frame);
                }
            }
        }
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
