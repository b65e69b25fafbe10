/**
 * Comparing what a target holds with what its source holds: {@link io.windrow.core.verify.Verifier} gives a
 * {@link io.windrow.core.verify.StreamVerdict} per stream. Reads through the same codecs as a run; writes nothing, and
 * keeps at most one partition of keys in memory (I12).
 */
@NullMarked
package io.windrow.core.verify;

import org.jspecify.annotations.NullMarked;
