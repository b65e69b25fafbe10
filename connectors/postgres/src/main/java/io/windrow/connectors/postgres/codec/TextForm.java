package io.windrow.connectors.postgres.codec;

/**
 * Reads the text of a value, as the type's output function writes it under {@link CanonicalSession}, into the binary send form
 * that the type's decoder reads: a value has one decoder, however it came (I7).
 */
@FunctionalInterface
interface TextForm {
    /** Writes the send form of the text at {@code from} to {@code to}, exclusive; false if it is no text of the type. */
    boolean read(byte[] text, int from, int to, SendForm out);
}
