/**
 * The proof of a delivery: {@link io.windrow.core.ledger.LedgerEntry} holds the books and hashes of one stream in one
 * epoch, {@link io.windrow.core.ledger.RowHasher} computes the hashes. Nothing here decides when to commit, and nothing
 * here reads or writes storage.
 */
@NullMarked
package io.windrow.core.ledger;

import org.jspecify.annotations.NullMarked;
