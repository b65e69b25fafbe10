package io.windrow.connectors.postgres;

import io.windrow.api.config.ByteSize;
import java.time.Duration;
import java.util.Optional;

/** Settings of change streams for tests: the defaults but for one or two. */
final class Changes {
    private static final ChangesConfig D = ChangesConfig.DEFAULT;

    private Changes() {}

    static ChangesConfig limited(String retained, Duration behind, ChangesConfig.OnLimit onLimit) {
        return new ChangesConfig(
                D.slot(), D.publication(), D.create(), D.onTruncate(), D.onPartitionRemoved(), D.onRewrite(), ByteSize.parse("1MiB"), ByteSize.parse(retained), behind,
                onLimit, D.inProgress(), D.spillLimit(), D.origin(), D.cut(), D.added());
    }

    /** Transactions come while they go on. */
    static ChangesConfig streamed(String spillLimit, ChangesConfig.Cut cut) {
        return new ChangesConfig(
                D.slot(), D.publication(), D.create(), D.onTruncate(), D.onPartitionRemoved(), D.onRewrite(), D.warnRetained(), D.limitRetained(), D.limitBehind(),
                D.onLimit(), ChangesConfig.InProgress.STREAM, ByteSize.parse(spillLimit), D.origin(), cut, D.added());
    }

    /** Nothing is committed inside a transaction. */
    static ChangesConfig wholeTransactions() {
        return new ChangesConfig(
                D.slot(), D.publication(), D.create(), D.onTruncate(), D.onPartitionRemoved(), D.onRewrite(), D.warnRetained(), D.limitRetained(), D.limitBehind(),
                D.onLimit(), D.inProgress(), D.spillLimit(), D.origin(), ChangesConfig.Cut.TRANSACTION_END, D.added());
    }

    static ChangesConfig stopAtTruncate() {
        return new ChangesConfig(
                D.slot(), D.publication(), D.create(), ChangesConfig.OnTruncate.STOP, D.onPartitionRemoved(), D.onRewrite(), D.warnRetained(), D.limitRetained(),
                D.limitBehind(), D.onLimit(), D.inProgress(), D.spillLimit(), D.origin(), D.cut(), D.added());
    }

    static ChangesConfig stopAtRemovedPartition() {
        return new ChangesConfig(
                D.slot(), D.publication(), D.create(), D.onTruncate(), ChangesConfig.OnPartitionRemoved.STOP, D.onRewrite(), D.warnRetained(),
                D.limitRetained(), D.limitBehind(), D.onLimit(), D.inProgress(), D.spillLimit(), D.origin(), D.cut(), D.added());
    }

    static ChangesConfig onRewrite(ChangesConfig.OnRewrite onRewrite) {
        return new ChangesConfig(
                D.slot(), D.publication(), D.create(), D.onTruncate(), D.onPartitionRemoved(), onRewrite, D.warnRetained(), D.limitRetained(),
                D.limitBehind(), D.onLimit(), D.inProgress(), D.spillLimit(), D.origin(), D.cut(), D.added());
    }

    static ChangesConfig ownChangesOnly() {
        return new ChangesConfig(
                D.slot(), D.publication(), D.create(), D.onTruncate(), D.onPartitionRemoved(), D.onRewrite(), D.warnRetained(), D.limitRetained(), D.limitBehind(),
                D.onLimit(), D.inProgress(), D.spillLimit(), ChangesConfig.Origin.NONE, D.cut(), D.added());
    }

    /** A slot and a publication of this name. */
    static ChangesConfig named(String name) {
        return new ChangesConfig(
                Optional.of(name), Optional.of(name), D.create(), D.onTruncate(), D.onPartitionRemoved(), D.onRewrite(), D.warnRetained(), D.limitRetained(),
                D.limitBehind(), D.onLimit(), D.inProgress(), D.spillLimit(), D.origin(), D.cut(), D.added());
    }

    static ChangesConfig asGiven() {
        return new ChangesConfig(
                D.slot(), D.publication(), ChangesConfig.Create.NEVER, D.onTruncate(), D.onPartitionRemoved(), D.onRewrite(), D.warnRetained(), D.limitRetained(),
                D.limitBehind(), D.onLimit(), D.inProgress(), D.spillLimit(), D.origin(), D.cut(), D.added());
    }

    /** The same, where a table that joins others is copied before the log goes on. */
    static ChangesConfig before(ChangesConfig d) {
        return new ChangesConfig(
                d.slot(), d.publication(), d.create(), d.onTruncate(), d.onPartitionRemoved(), d.onRewrite(), d.warnRetained(), d.limitRetained(), d.limitBehind(),
                d.onLimit(), d.inProgress(), d.spillLimit(), d.origin(), d.cut(), ChangesConfig.Added.BEFORE);
    }
}
