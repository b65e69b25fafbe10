/**
 * Rows that were set aside as bad, kept durably beside the data and counted like it:
 * {@link io.windrow.core.quarantine.QuarantineSink} stands before the real sink, writes what batches carry as rejected into
 * JSON Lines files and makes them visible in the same epoch as the good rows; {@link io.windrow.core.quarantine.Quarantine}
 * reads them for the command line. No judgement about rows is made here (that is the contract's and the other transforms'),
 * and no value is masked here: rows arrive masked (I11).
 */
@NullMarked
package io.windrow.core.quarantine;

import org.jspecify.annotations.NullMarked;
