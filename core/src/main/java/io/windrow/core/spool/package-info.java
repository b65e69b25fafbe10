/**
 * Rows that lie on disk for a while, because memory is bounded (I12): {@link io.windrow.core.spool.UnnamedFile} holds them, and
 * leaves nothing behind.
 */
@NullMarked
package io.windrow.core.spool;

import org.jspecify.annotations.NullMarked;
