package io.windrow.connectors.connect.record;

import io.windrow.api.context.Notices;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.host.LogWatch;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Judges what a binary log of MariaDB or MySQL holds beside rows: whatever may have changed a followed table without its rows, or takes
 * back rows that were named, ends the read, and no place behind it is told. What is not proven harmless counts as harmful. Heard by
 * the client's thread, asked by the reader's.
 */
public final class HeardLog implements LogWatch {
    private static final String STATED = "Reading: a session wrote changes into the log as the statement that made them";
    private static final String LETTER = "[\\p{L}\\p{N}_$]";
    /** In the place of what a session wrote in a character set of its own. */
    private static final char UNREADABLE = '\uFFFD';

    private final Set<StreamName> followed;
    private final Set<String> databases;
    private final Pattern tables;
    private final Pattern near;
    private final Notices notices;
    /** The databases of sessions that wrote statements about other tables. */
    private final Set<String> elsewhere = ConcurrentHashMap.newKeySet();
    private final Set<String> told = new HashSet<>();
    private volatile @Nullable WindrowException lost;

    /** Transactions that others end, by how statements name them, and whether rows of followed tables are in them. */
    private final Map<String, Boolean> prepared = new HashMap<>();
    private boolean touched;

    /** Hears for tables that are followed. */
    public HeardLog(Collection<StreamName> followed, Notices notices) {
        this.followed = Set.copyOf(followed);
        this.databases = followed.stream().map(stream -> folded(stream.namespace())).collect(Collectors.toUnmodifiableSet());
        this.tables = naming(followed.stream().map(StreamName::name));
        this.near = naming(databases.stream());
        this.notices = notices;
    }

    /** One of the names, by itself or quoted. */
    private static Pattern naming(Stream<String> names) {
        return Pattern.compile("(?iu)(?<!" + LETTER + ")(?:"
                + names.flatMap(name -> Stream.of(name, name.replace("`", "``"), name.replace("\"", "\"\""))).distinct().map(Pattern::quote)
                        .collect(Collectors.joining("|"))
                + ")(?!" + LETTER + ")");
    }

    private static String folded(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    @Override
    public void began() {
        touched = false;
    }

    @Override
    public void rowsOf(String database, String table) {
        touched |= followed.stream().anyMatch(stream -> stream.namespace().equalsIgnoreCase(database) && stream.name().equalsIgnoreCase(table));
    }

    @Override
    public void statement(String database, String text) {
        boolean named = text.indexOf(UNREADABLE) >= 0 || tables.matcher(text).find();
        boolean close = databases.contains(folded(database)) || near.matcher(text).find();
        switch (LoggedStatement.of(SqlWords.of(text))) {
            case NO_ROWS -> {}
            case BEGINS -> touched = false;
            case ROWS -> {
                if (named) {
                    lose(ConnectError.STATEMENT_LOGGED, STATED);
                } else if (close) {
                    elsewhere.add(database);
                }
            }
            case UNKNOWN -> {
                if (named || close) {
                    lose(ConnectError.STATEMENT_LOGGED, STATED + ", or one that is not known");
                }
            }
            case TAKES_BACK -> {
                if (touched) {
                    lose(ConnectError.CHANGES_TAKEN_BACK, "Reading: the log takes back a transaction that has rows of followed tables");
                }
            }
            case XA_ENDS -> prepared.put(transaction(text), touched);
            case XA_COMMITS -> prepared.remove(transaction(text));
            case XA_TAKES_BACK -> {
                // Of one that was prepared before this reading began nobody knows what is in it.
                if (prepared.remove(transaction(text)) != Boolean.FALSE) {
                    lose(ConnectError.CHANGES_TAKEN_BACK, "Reading: XA ROLLBACK takes back a prepared transaction that has rows of followed"
                            + " tables, or that was prepared before this reading began");
                }
            }
        }
    }

    /** What stands behind the first two words names it. */
    private static String transaction(String text) {
        String[] parts = text.strip().split("\\s+", 3);
        return parts.length < 3 ? "" : parts[2];
    }

    @Override
    public void loaded() {
        lose(ConnectError.STATEMENT_LOGGED, STATED + ", a LOAD DATA");
    }

    @Override
    public void unreadable(String what) {
        lose(ConnectError.EVENT_UNREADABLE, "Reading: the log holds an event of the kind " + what + ", which the connector passes over");
    }

    private void lose(ConnectError why, String how) {
        if (lost == null) {
            lost = WindrowException.of(why, how);
        }
    }

    @Override
    public void expectWhole() {
        for (String database : elsewhere) {
            if (told.add(database)) {
                notices.tell("connect.statement_elsewhere", "Reading the log: a session " + (database.isEmpty() ? "without a database" : "of database "
                        + database) + " wrote changes as the statement that made them. It names no followed table; if a trigger, a view or a foreign"
                        + " key of one that it names reaches a followed one, that one lacks the changes.");
            }
        }
        WindrowException why = lost;
        if (why != null) {
            throw why;
        }
    }
}
