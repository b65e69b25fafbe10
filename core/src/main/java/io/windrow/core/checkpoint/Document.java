package io.windrow.core.checkpoint;

import java.time.Instant;

/**
 * One version of something that a pipeline keeps beside its progress: an accepted schema, a policy, a record of disposal.
 * Documents are only added, but for keys that are shredded; the newest version of a name is the one that holds. They never
 * hold rows, nor secrets unless wrapped (I11).
 *
 * @param kind what it is, one word, for example {@code schema}
 * @param name which one of the kind, for example the stream's name
 * @param version counts up from 1 without gaps
 * @param json the text, as whoever added it wrote it
 * @param recordedAt when it was added, UTC
 */
public record Document(String kind, String name, long version, String json, Instant recordedAt) {}
