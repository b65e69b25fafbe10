package io.windrow.connectors.files.format;

/**
 * How CSV is written.
 *
 * @param delimiter one ASCII character between fields
 * @param nullMarker stands, never quoted, for null; a text that is spelled the same is quoted
 * @param formulas what happens to texts that a spreadsheet would run
 */
public record CsvStyle(char delimiter, String nullMarker, Formulas formulas) {
    private static final String STARTERS = "=+-@";

    /**
     * What happens to texts that a spreadsheet would run: those that begin with {@code = + - @}, in their usual or full width, or
     * with a tab, CR or LF, which it skips.
     */
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

    /**
     * Whether a text would be run, or looks as if it had been defused.
     *
     * @param text UTF-8
     * @param length how many of the bytes are the text's
     */
    boolean defuses(byte[] text, int length) {
        return formulas == Formulas.DEFUSE
                && length > 0
                && (STARTERS.indexOf(text[0]) >= 0 || "\t\r\n'".indexOf(text[0]) >= 0 || isFullWidth(text, length));
    }

    /** The same signs from U+FF01 on, which some spreadsheets take for them. */
    private static boolean isFullWidth(byte[] text, int length) {
        if (length < 3 || (text[0] & 0xff) != 0xef) {
            return false;
        }
        int wide = (text[0] & 0xf) << 12 | (text[1] & 0x3f) << 6 | text[2] & 0x3f;
        return wide > 0xff00 && wide < 0xff5f && STARTERS.indexOf(wide - 0xfee0) >= 0;
    }
}
