package io.windrow.connectors.files.format;

/**
 * How CSV is written.
 *
 * @param delimiter one ASCII character between fields
 * @param nullMarker stands, never quoted, for null; a text that is spelled the same is quoted
 * @param formulas what happens to texts that a spreadsheet would run
 */
public record CsvStyle(char delimiter, String nullMarker, Formulas formulas) {
    /** What happens to texts that a spreadsheet would run: those that begin with {@code = + - @}, a tab or a CR. */
    public enum Formulas {
        /** They stay as they are. */
        KEEP,
        /** They get an apostrophe in front, and so does a text that begins with an apostrophe, so that it can be undone. */
        DEFUSE
    }

    public CsvStyle {
        if (delimiter < 0x20 && delimiter != '\t' || delimiter > 0x7e || delimiter == '"') {
            throw new IllegalArgumentException("A CSV delimiter is one ASCII character other than a quote");
        }
        for (int i = 0; i < nullMarker.length(); i++) {
            char c = nullMarker.charAt(i);
            if (c == '"' || c == delimiter || c < 0x20 || c > 0x7e) {
                throw new IllegalArgumentException("A CSV null marker is printable ASCII without quote and delimiter");
            }
        }
    }

    /** Comma, {@code \N}, formulas kept. */
    public static CsvStyle standard() {
        return new CsvStyle(',', "\\N", Formulas.KEEP);
    }

    /** Whether a text with this first byte would be run, or looks as if it had been defused. */
    boolean defuses(int first) {
        return formulas == Formulas.DEFUSE
                && (first == '=' || first == '+' || first == '-' || first == '@' || first == '\t' || first == '\r'
                        || first == '\'');
    }
}
