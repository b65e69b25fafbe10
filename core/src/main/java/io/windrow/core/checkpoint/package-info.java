/**
 * What a pipeline must remember: {@link io.windrow.core.checkpoint.StateStore} keeps, per stream, the last committed
 * epoch and the one that is being decided, the ledger and the lease of the owner. It stores decisions and makes none:
 * those are core.epoch's. No connector's text is ever looked into here.
 */
@NullMarked
package io.windrow.core.checkpoint;

import org.jspecify.annotations.NullMarked;
