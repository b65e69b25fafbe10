package io.windrow.core.epoch;

import io.windrow.api.batch.RowHash;
import io.windrow.api.sink.Staged;
import io.windrow.core.checkpoint.OpenSplit;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * The digest of a stream's epoch (I4): over positions and staged set, so that an epoch that was cut again with other
 * content is another one although its number is the same. Every part counts with its length; the order of splits does
 * not matter, that of staged things does. Made under the pipeline's key when the epoch is cut, and saved with it: it is never made
 * again.
 */
final class EpochDigest {
    private final MessageDigest digest;

    private EpochDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** 32 lower-case hexadecimal digits. */
    static String of(StreamCut cut) {
        EpochDigest digest = new EpochDigest();
        digest.text(cut.stream().namespace());
        digest.text(cut.stream().name());
        digest.number(cut.generation());
        digest.text(cut.mode().name());
        digest.number(cut.planner().version());
        digest.text(cut.planner().text());
        digest.number(cut.openSplits().size());
        for (OpenSplit open : new TreeMap<>(cut.openSplits()).values()) {
            digest.text(open.split().id());
            digest.number(open.split().version());
            digest.text(open.split().text());
            digest.number(open.position().isPresent() ? 1 : 0);
            open.position().ifPresent(position -> {
                digest.number(position.version());
                digest.text(position.text());
            });
        }
        digest.number(cut.staged().size());
        for (Staged staged : cut.staged()) {
            digest.number(staged.version());
            digest.text(staged.text());
            digest.number(staged.schemaVersion());
            digest.number(staged.rows());
            digest.number(staged.bytes());
            digest.number(staged.part().ordinal());
        }
        digest.number(cut.supersedes().orElse(-1L));
        digest.number(cut.completesGeneration() ? 1 : 0);
        digest.text(cut.ledger().hashSource().map(RowHash::toString).orElse(""));
        // The identity lies beside the data: without a key, who sees it could try out what positions hold (I11).
        return cut.key().digest("epoch " + HexFormat.of().formatHex(digest.digest.digest()));
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        digest.update(bytes);
    }

    private void number(long number) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            digest.update((byte) (number >>> shift));
        }
    }
}
