/**
 * Writing: a {@link io.windrow.api.sink.Sink} stages rows through writers and makes them visible through a
 * {@link io.windrow.api.sink.Committer}, idempotently by {@link io.windrow.api.sink.CommitIdentity}. No decision about
 * when to commit is made here: that is core.epoch's.
 */
@NullMarked
package io.windrow.api.sink;

import org.jspecify.annotations.NullMarked;
