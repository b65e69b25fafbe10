package io.windrow.connectors.postgres.codec;

/**
 * A type that Windrow does not know: its values travel in their text form, and this says so.
 *
 * @param column the exact column name
 * @param type the type as PostgreSQL writes it
 * @param message for people, one sentence
 */
public record MappingWarning(String column, String type, String message) {}
