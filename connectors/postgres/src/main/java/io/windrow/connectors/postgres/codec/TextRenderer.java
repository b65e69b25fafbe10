package io.windrow.connectors.postgres.codec;

/** Writes the text form of a value, the one that PostgreSQL's own output function gives, from its binary form. */
@FunctionalInterface
interface TextRenderer {
    /** Appends the text to {@code out}; false if the bytes are not of the type's binary form. */
    boolean render(byte[] source, int offset, int length, AsciiText out);
}
