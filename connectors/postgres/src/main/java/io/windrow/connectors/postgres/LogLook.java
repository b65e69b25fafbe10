package io.windrow.connectors.postgres;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks now and then, while a run goes on, whether all is as it has to be: what the slot holds back, what the publication
 * carries, and whether the tables are those that are followed. What is not stops the slot's streams, or its own. Used by the
 * planner's thread.
 */
final class LogLook {
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Tables, and their columns' numbers by their names; of one that nobody has now there is no row. */
    private static final String TABLES =
            """
            SELECT n.place, r.oid, (SELECT coalesce(pg_catalog.json_object_agg(a.attname, a.attnum), '{}')::text
                FROM pg_catalog.pg_attribute a WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped)
            FROM pg_catalog.unnest(ARRAY[%s]::text[]) WITH ORDINALITY AS n(name, place),
                LATERAL (SELECT pg_catalog.to_regclass(n.name)::pg_catalog.oid) AS r(oid) WHERE r.oid IS NOT NULL""";

    private final PostgresSource source;
    private final Context context;
    private final ChangesConfig config;
    private final int major;
    private final String slot;
    private final Map<StreamName, ChangesRead> reads;
    private final Runnable endCopy;
    private long lookedAt;
    private boolean looked;
    /** Whether it was told that partitions cannot be looked at. */
    private boolean blind;

    /** What the run does. */
    enum Stage {
        /** A table is copied first: nobody can move the slot. */
        COPYING,
        /** All tables are copied, and nobody reads the log. */
        BETWEEN,
        FOLLOWING
    }

    /**
     * @param reads the streams that follow changes in this run; more may come
     * @param endCopy ends what holds the slot, before it is dropped
     */
    LogLook(PostgresSource source, Context context, int major, String slot, Map<StreamName, ChangesRead> reads, Runnable endCopy) {
        this.source = source;
        this.context = context;
        this.config = source.config().following();
        this.major = major;
        this.slot = slot;
        this.reads = reads;
        this.endCopy = endCopy;
    }

    /**
     * Looks, unless that was a moment ago.
     *
     * @param published the publication as it was planned
     */
    void look(Session session, Stage stage, Publication published) throws SQLException {
        long now = System.nanoTime();
        if (!reads.isEmpty() && (!looked || now - lookedAt > AGAIN_NANOS)) {
            looked = true;
            lookedAt = now;
            session.promptly(() -> {
                slot(session, now, stage);
                if (stage == Stage.FOLLOWING) {
                    publication(session, published);
                    tables(session);
                }
                return true;
            });
        }
    }

    private void slot(Session session, long now, Stage stage) throws SQLException {
        if (stage == Stage.COPYING) {
            source.watch().waits();
        }
        Optional<String> over = SlotFacts.read(session, major, slot)
                .flatMap(found -> source.watch().observe(slot, found, now, context));
        if (over.isPresent()) {
            switch (config.onLimit()) {
                case STOP -> source.watch().stop(
                        WindrowException.of(LogError.LOG_LIMIT, "Following the changes: " + over.get()));
                case DROP_SLOT -> drop(over.get());
            }
        }
    }

    /** Gives the server its log back. What reads the slot is ended first. */
    private void drop(String over) {
        source.watch().stop(WindrowException.of(LogError.SLOT_DROPPED, "Following the changes: " + over));
        endCopy.run();
        new LogSlot(source, context, slot).drop();
    }

    private void publication(Session session, Publication published) throws SQLException {
        Publication found = Publication.read(session, major, published.name());
        if (found.there().isPresent() && !found.there().equals(published.there())) {
            source.watch().stop(WindrowException.of(
                    LogError.PUBLICATION_CHANGED,
                    "Following the changes: what publication " + published.name() + " publishes was altered meanwhile"));
        }
        reads.forEach((stream, read) -> {
            Optional<String> member = found.member(stream);
            if (!member.equals(read.member().or(() -> published.member(stream)))) {
                source.watch().fail(stream, found.notCarried("Following " + stream, member));
            }
        });
    }

    /** The log tells of columns that come and go; of one that has got another's name it tells nothing. */
    private void columns(ChangesRead read, StateText numbers) {
        read.columns().orElseThrow().columns().forEach((number, column) -> {
            OptionalLong now = numbers.optionalNumber(column.name());
            if (now.isPresent() && now.getAsLong() != number) {
                source.watch().stop(WindrowException.of(
                        LogError.RELATION_CHANGED,
                        "Following " + read.shape().stream() + ": column " + column.name() + " is another one than before"));
            }
        });
    }

    /** The log tells nothing either of what gives rows other values by altering their table: the next plan has it copied again. */
    private void values(ChangesRead read, Session now) throws SQLException {
        now.promptly(() -> read.rewritten(now)).ifPresent(how -> source.watch().stop(WindrowException.of(
                LogError.RELATION_CHANGED, "Following " + read.shape().stream() + ": " + how)));
    }

    /** Looks whether the tables are those that are followed. Partitions are looked at with a snapshot of now, and no lock stays. */
    private void tables(Session session) throws SQLException {
        boolean partitioned = reads.values().stream().anyMatch(ChangesRead::isPartitioned);
        try (Session own = partitioned ? Session.open(source.address(), source.config()) : null) {
            Session now = own == null ? session : own;
            List<ChangesRead> all = reads.values().stream().filter(read -> read.shape().relation().isPresent()).toList();
            String names = all.stream()
                    .map(read -> Identifier.literal(Identifier.quoted(read.shape().stream())))
                    .collect(Collectors.joining(", "));
            // Renamed or dropped one is not another one yet; the publication tells.
            for (List<@Nullable String> named : now.promptly(() -> now.rows(TABLES.formatted(names)))) {
                table(now, all.get(Integer.parseInt(String.valueOf(named.get(0))) - 1), named);
            }
            blind = false;
        } catch (WindrowException e) {
            // No connection is to be had, at the moment or since the password was changed: what is followed goes on over its own.
            if (!LogFailures.passes(e) && !blind) {
                blind = true;
                context.notices().tell("postgres.unseen", "While changes are followed it cannot be seen what is done to partitions by"
                        + " themselves: " + e.getMessage() + ". That is looked for again, and by the next run.");
            }
        }
    }

    private void table(Session now, ChangesRead read, List<@Nullable String> named) throws SQLException {
        try {
            read.expectSame(now, Long.parseLong(String.valueOf(named.get(1))));
            columns(read, StateText.parse(String.valueOf(named.get(2))));
            values(read, now);
        } catch (WindrowException e) {
            source.watch().fail(read.shape().stream(), e);
        } catch (SQLException e) {
            // Somebody is altering or dropping a partition: the next look sees the outcome.
            if (!LogFailures.passes(e)) {
                throw e;
            }
        }
    }
}
