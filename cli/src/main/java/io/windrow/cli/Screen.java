package io.windrow.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/**
 * Where a command prints. Results go to {@code out}; errors, notices and progress to {@code err}.
 *
 * @param out standard output
 * @param err standard error
 * @param terminal whether standard error is a terminal, so that lines may be redrawn
 * @param color whether standard output and error may be coloured
 * @param width the terminal's columns
 * @param fitted whether standard output is a terminal, so that tables are fitted to its width
 */
record Screen(PrintStream out, PrintStream err, boolean terminal, boolean color, int width, boolean fitted) {
    Screen(PrintStream out, PrintStream err, boolean terminal, boolean color, int width) {
        this(out, err, terminal, color, width, terminal);
    }

    /** How text looks on a terminal. */
    enum Style {
        GOOD("32"),
        BAD("31"),
        WARN("33"),
        FAINT("2"),
        STRONG("1");

        private final String sgr;

        Style(String sgr) {
            this.sgr = sgr;
        }
    }

    /** The process's own; the launcher says what the terminal is, since Java 21 cannot tell. */
    static Screen ofProcess() {
        return to(
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, java.nio.charset.StandardCharsets.UTF_8),
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.err), true, java.nio.charset.StandardCharsets.UTF_8));
    }

    /** These streams, taken for a terminal if the process's own are one. */
    static Screen to(PrintStream out, PrintStream err) {
        boolean outTerminal = Boolean.getBoolean("windrow.terminal.out");
        boolean errTerminal = Boolean.getBoolean("windrow.terminal.err") && !LogSetup.isJson();
        boolean color = outTerminal && errTerminal && System.getenv("NO_COLOR") == null
                && !"dumb".equals(System.getenv("TERM"));
        int columns = Integer.getInteger("windrow.columns", 0);
        int width = columns <= 0 ? 100 : Math.max(40, columns); // A pseudo-terminal without a size says 0.
        return new Screen(out, err, errTerminal && !"dumb".equals(System.getenv("TERM")), color, width, outTerminal);
    }

    void line(String text) {
        out.println(text);
    }

    /** Something beside the result: a line, or a line of the log if the log is to be read by a machine. */
    void note(String text) {
        note(List.of(text));
    }

    /** Lines that belong together. */
    void note(List<String> lines) {
        if (LogSetup.isJson()) {
            LoggerFactory.getLogger(LogSetup.SAID).info(String.join("\n", lines));
        } else {
            lines.forEach(err::println);
        }
    }

    String styled(Style style, String text) {
        return color ? "\u001b[" + style.sgr + "m" + text + "\u001b[0m" : text;
    }

    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    static String rows(long rows) {
        return number(rows) + (rows == 1 ? " row" : " rows");
    }

    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        String[] units = {"KiB", "MiB", "GiB", "TiB"};
        int unit = -1;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    }

    static String seconds(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d h", whole / 3600, whole / 60 % 60);
    }
}
