package io.windrow.connectors.postgres.pgoutput;

/** Places in PostgreSQL's write-ahead log: 64 bits without a sign, in text two hexadecimal halves. */
public final class Lsn {
    private Lsn() {}

    /** The text form, {@code 16/B374D848}. */
    public static String text(long lsn) {
        return Long.toHexString(lsn >>> 32).toUpperCase(java.util.Locale.ROOT) + "/"
                + Long.toHexString(lsn & 0xFFFF_FFFFL).toUpperCase(java.util.Locale.ROOT);
    }

    /**
     * The place that a text names.
     *
     * @throws IllegalArgumentException if it names none
     */
    public static long parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash > 8 || text.length() - slash - 1 < 1 || text.length() - slash - 1 > 8) {
            throw new IllegalArgumentException("Not a place in the log: " + text);
        }
        return Long.parseUnsignedLong(text.substring(0, slash), 16) << 32
                | Long.parseUnsignedLong(text.substring(slash + 1), 16);
    }
}
