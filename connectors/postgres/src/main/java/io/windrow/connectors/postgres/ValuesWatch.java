package io.windrow.connectors.postgres;

import io.windrow.api.context.Notices;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.sql.SQLException;
import java.util.Optional;

/** Watches whether an alteration gives rows of a followed table values that the log does not tell. Used by the planner's thread. */
final class ValuesWatch {
    private final StreamShape shape;
    private final ChangesConfig.OnRewrite onRewrite;
    private final Notices notices;
    /** As it was looked at last; empty: nobody did. */
    private Optional<TableValues> known;

    /** @param saved what an earlier run knew; empty: it did not copy the table, or did not look */
    ValuesWatch(StreamShape shape, ChangesConfig.OnRewrite onRewrite, Notices notices, Optional<TableValues> saved) {
        this.shape = shape;
        this.onRewrite = onRewrite;
        this.notices = notices;
        this.known = saved;
    }

    /**
     * Looks, and knows what is there now, unless the table is to be copied again.
     *
     * @return how rows got other values, if the table is to be copied again
     * @throws WindrowException {@link LogError#VALUES_REWRITTEN} if the stream is to stop then
     */
    Optional<String> look(Session session) throws SQLException {
        if (shape.relation().isEmpty()) {
            return Optional.empty();
        }
        TableValues.Look now = TableValues.read(session, shape);
        Optional<String> how = known.isPresent() ? known.get().until(now, session) : Optional.empty();
        String doing = "Following " + shape.stream() + ": ";
        if (how.isPresent()) {
            switch (onRewrite) {
                case COPY -> {
                    return how;
                }
                case STOP -> throw WindrowException.of(LogError.VALUES_REWRITTEN, doing + how.get());
                case KEEP -> notices.tell(
                        LogError.VALUES_REWRITTEN.code(), doing + how.get() + ", which the log does not tell; what was delivered stays as it was.");
            }
        }
        if (how.isPresent() || now.values().columns().keySet().stream().allMatch(this::isPlanned)) {
            known = Optional.of(now.values());
        }
        // Of a column that came since the plan nobody knows yet whether the stream delivers it: the next plan looks from here.
        return Optional.empty();
    }

    private boolean isPlanned(int number) {
        return shape.relation().orElseThrow().columns().stream().anyMatch(column -> column.number() == number);
    }

    /** The table is copied as the session's snapshot shows it, or later. */
    void copied(Session session) throws SQLException {
        known = Optional.of(TableValues.read(session, shape).values());
    }

    Optional<StateText> toState() {
        return known.map(TableValues::toState);
    }
}
