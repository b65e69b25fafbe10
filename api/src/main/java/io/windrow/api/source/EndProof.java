package io.windrow.api.source;

/**
 * Why a split is known to have ended, or why there was none to read (I9).
 *
 * @param kind the kind of evidence: {@code command_complete}, {@code terminal_chunk}, {@code reached_position}, or
 *     {@code relation_gone}: what was left to read does not exist any more; or, without a split, {@code no_new_transaction} or
 *     {@code no_new_row}
 * @param rows how many rows the source itself says it sent for this read, −1 if it says nothing
 * @param detail one line for the ledger
 */
public record EndProof(String kind, long rows, String detail) {}
