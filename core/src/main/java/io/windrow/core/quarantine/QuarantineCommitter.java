package io.windrow.core.quarantine;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.LedgerSum;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes bad rows visible, durably, and then lets the real sink commit the good ones: its commit is the decision. Every step
 * can be done again, so a commit that died anywhere is finished by committing again.
 */
final class QuarantineCommitter implements Committer {
    private final Committer real;
    private final Context context;
    private final QuarantineFolder folder;
    private final QuarantineTally tally;

    QuarantineCommitter(Committer real, Context context, QuarantineFolder folder, QuarantineTally tally) {
        this.real = real;
        this.context = context;
        this.folder = folder;
        this.tally = tally;
    }

    @Override
    public CommitOutcome commit(StreamCommit commit) {
        List<Staged> aside = part(commit.staged(), Staged.Part.QUARANTINE);
        CommitOutcome outcome;
        if (aside.isEmpty()) {
            outcome = real.commit(commit);
        } else {
            try {
                if (!overtaken(commit.identity())) {
                    publish(commit.identity().stream(), aside);
                }
            } catch (WindrowException e) {
                // Whatever failed, it cannot be told how much of it the disk keeps (I5).
                return new CommitOutcome.Unknown(e);
            }
            outcome = real.commit(new StreamCommit(
                    commit.identity(), commit.fencingToken(), commit.mode(), part(commit.staged(), Staged.Part.DATA),
                    commit.supersedes(), commit.completesGeneration(), commit.ledger()));
        }
        switch (outcome) {
            case CommitOutcome.Committed ignored -> settled(commit, aside);
            case CommitOutcome.AlreadyCommitted ignored -> settled(commit, aside);
            case CommitOutcome.Rejected ignored -> {
                // The protocol discards what was staged.
            }
            case CommitOutcome.Unknown ignored -> {
                // Nothing is cleaned up (I5).
            }
        }
        return outcome;
    }

    private static List<Staged> part(List<Staged> staged, Staged.Part part) {
        return staged.stream().filter(one -> one.part() == part).toList();
    }

    /** I6: where the target shows a later commit than this one, nothing of it may become visible; the real sink says so. */
    private boolean overtaken(CommitIdentity identity) {
        Optional<CommitIdentity> last = real.lastCommitted(identity.stream());
        return last.isPresent() && !last.get().equals(identity)
                && (last.get().epoch() >= identity.epoch() || last.get().generation() > identity.generation());
    }

    private void publish(StreamName stream, List<Staged> aside) {
        List<QuarantineFile> todo = new ArrayList<>();
        for (Staged one : aside) {
            QuarantineFile file = mine(one);
            Optional<QuarantineFolder.Content> there = folder.content(file.file());
            if (there.isEmpty() && is(file, folder.content(file.staged()))) {
                todo.add(file);
            } else if (!is(file, there)) {
                throw WindrowException.of(QuarantineError.STAGED_LOST, "Making " + file.rows() + " quarantined rows of "
                        + stream + " visible: neither " + folder.path(file.staged()) + " nor " + folder.path(file.file())
                        + " is the file that was staged");
            }
        }
        for (QuarantineFile file : todo) {
            context.failpoints().reach("quarantine.before_rename");
            folder.rename(file.staged(), file.file());
            context.failpoints().reach("quarantine.after_rename");
        }
        // Also if an earlier try renamed them: it may have died before this.
        folder.sync(folder.of(stream));
        context.failpoints().reach("quarantine.after_publish");
    }

    private static boolean is(QuarantineFile file, Optional<QuarantineFolder.Content> content) {
        return content.isPresent() && content.get().bytes() == file.bytes()
                && content.get().sha256().equals(file.sha256());
    }

    private QuarantineFile mine(Staged staged) {
        QuarantineFile file = QuarantineFile.parse(staged.version(), staged.text());
        if (!file.staged().startsWith(folder.staging(staged.stream()) + "/")
                || !file.file().startsWith(folder.of(staged.stream()) + "/")) {
            throw WindrowException.of(QuarantineError.STAGED_LOST,
                    "Looking up quarantined rows of " + staged.stream() + ": " + file.file() + " belongs elsewhere");
        }
        return file;
    }

    /** The target shows the commit. Failing to clean up does not undo it. */
    private void settled(StreamCommit commit, List<Staged> aside) {
        StreamName stream = commit.identity().stream();
        aside.forEach(one -> tally.committed(stream, one.text(), one.rows()));
        try {
            commit.supersedes().ifPresent(old -> supersede(stream, old, commit.identity().generation()));
            boolean own = aside.stream()
                    .map(one -> fileName(QuarantineFile.parse(one.version(), one.text()).file()))
                    .anyMatch(name -> QuarantineFolder.token(name).equals(Optional.of(commit.fencingToken())));
            if (own) {
                // What older owners staged belongs to no PREPARED epoch any more: recovery settles theirs first.
                sweep(stream, commit.fencingToken());
            }
        } catch (WindrowException e) {
            leftover(e);
        }
    }

    private void sweep(StreamName stream, long fencingToken) {
        String staging = folder.staging(stream);
        for (String name : folder.names(staging)) {
            if (QuarantineFolder.token(name).filter(token -> token < fencingToken).isPresent()) {
                folder.delete(staging + "/" + name);
            }
        }
    }

    private void leftover(WindrowException reason) {
        context.notices().tell("quarantine.leftover", "Old quarantine files could not be removed: " + reason.getMessage());
    }

    /** The rows of an unfinished generation are read again, the bad ones too. What is on legal hold is kept out of sight. */
    private void supersede(StreamName stream, long first, long next) {
        for (String name : folder.names(folder.of(stream))) {
            if (QuarantineFolder.Name.of(name).filter(file -> file.generation() >= first && file.generation() < next).isPresent()) {
                String file = folder.of(stream) + "/" + name;
                if (context.isHeld(stream)) {
                    folder.make(folder.held(stream));
                    folder.rename(file, folder.held(stream) + "/" + name);
                    folder.sync(folder.held(stream));
                } else {
                    folder.delete(file);
                }
            }
        }
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public Optional<CommitIdentity> lastCommitted(StreamName stream) {
        return real.lastCommitted(stream);
    }

    @Override
    public Optional<Unfinished> unfinished(StreamName stream) {
        return real.unfinished(stream);
    }

    @Override
    public void discard(List<Staged> staged) {
        for (Staged one : part(staged, Staged.Part.QUARANTINE)) {
            QuarantineFile file = mine(one);
            folder.delete(file.staged());
            if (is(file, folder.content(file.file()))) {
                // The real sink has refused the epoch after these rows were renamed: they are read again.
                folder.delete(file.file());
            }
        }
        List<Staged> data = part(staged, Staged.Part.DATA);
        if (!data.isEmpty()) {
            real.discard(data);
        }
    }

    @Override
    public void sweep(Set<StreamName> streams, long fencingToken) {
        try {
            streams.forEach(stream -> sweep(stream, fencingToken));
        } catch (WindrowException e) {
            leftover(e);
        }
        real.sweep(streams, fencingToken);
    }

    @Override
    public void rollUp(LedgerSum sum, long fencingToken) {
        real.rollUp(sum, fencingToken);
    }

    @Override
    public void close() {
        real.close();
    }
}
