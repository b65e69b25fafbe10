package io.windrow.core.epoch;

/**
 * A wrong way to run the protocol, which the model must show to lose or to duplicate rows. Two further orders turned out
 * to be harmless as long as the target keeps identities and rejections, and are kept right all the same: acknowledging
 * between commit and saving COMMITTED, and discarding before ROLLED_BACK is saved (the epoch is then rejected again).
 */
enum Mutation {
    /** The protocol as it is. */
    NONE,
    ACKNOWLEDGE_BEFORE_SAVE,
    ACKNOWLEDGE_AFTER_PREPARED,
    SAVE_POSITIONS_BEFORE_STAGING,
    COMMIT_BEFORE_SAVE,
    TAKE_PREPARED_FOR_COMMITTED_ON_RECOVERY,
    FORGET_PREPARED_ON_RECOVERY,
    DISCARD_AFTER_AN_UNKNOWN_OUTCOME,
    TAKE_UNKNOWN_FOR_COMMITTED,
    COMMIT_IS_NOT_IDEMPOTENT,
    IDENTITY_IS_ONLY_A_NUMBER,
    REJECTION_IS_NOT_FENCED,
    STALE_HOLDERS_MAY_SAVE,
    /** Does no harm to rows, but leaves commits open for as long as nobody runs their stream. */
    LEAVE_OTHER_STREAMS_PREPARED
}
