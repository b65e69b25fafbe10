package io.windrow.connectors.connect.record;

import io.windrow.connectors.connect.record.TableForm.ColumnForm;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What a statement does to the values of the rows that a table of MariaDB or MySQL has already: of none of them it writes a change
 * into the log. Any part of it that is not known to leave them alone counts as one that does not. One thread, one statement.
 */
public final class Alteration {
    private static final Set<String> ENGINES = Set.of("INNODB", "ARIA", "MYISAM", "ROCKSDB", "TOKUDB");
    private static final Set<String> KEYS = Set.of("INDEX", "KEY", "UNIQUE", "FULLTEXT", "SPATIAL", "FOREIGN", "CHECK");
    /** Of a table as a whole, each with a value. */
    private static final Set<String> OPTIONS = Set.of(
            "AUTO_INCREMENT", "AVG_ROW_LENGTH", "CHECKSUM", "COMMENT", "DELAY_KEY_WRITE", "KEY_BLOCK_SIZE", "MAX_ROWS", "MIN_ROWS", "PACK_KEYS",
            "ROW_FORMAT", "STATS_PERSISTENT", "STATS_AUTO_RECALC", "STATS_SAMPLE_PAGES", "PAGE_CHECKSUM", "PAGE_COMPRESSED", "PAGE_COMPRESSION_LEVEL",
            "ENCRYPTED", "ENCRYPTION_KEY_ID", "ENCRYPTION", "COMPRESSION", "TRANSACTIONAL", "ALGORITHM", "LOCK");
    /** What lays the same rows down otherwise. */
    private static final Set<String> LAYS = Set.of("COALESCE", "REORGANIZE", "REBUILD", "OPTIMIZE", "ANALYZE", "CHECK");
    /** In the definition of a column: it is computed, or has another character set than can be told here. */
    private static final Set<String> UNTOLD = Set.of("AS", "GENERATED", "VIRTUAL", "STORED", "PERSISTENT", "SERIAL", "ASCII", "UNICODE", "BYTE");

    private final Optional<TableForm> before;
    private final Optional<TableForm> after;
    private final Set<String> former;
    private final Predicate<String> delivered;
    private final Set<String> gone = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    /** Columns of which a part of the statement says what becomes of them. */
    private final Set<String> told = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> how = new LinkedHashSet<>();

    private Alteration(Optional<TableForm> before, Optional<TableForm> after, Collection<String> former, Predicate<String> delivered) {
        this.before = before;
        this.after = after;
        this.former = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        this.former.addAll(former);
        this.delivered = delivered;
    }

    /**
     * What it does.
     *
     * @param how how rows get other values, in words that name columns and no value; empty: they do not
     * @param gone columns that it drops
     */
    public record Effect(Optional<String> how, Set<String> gone) {
        public Effect {
            gone = Set.copyOf(gone);
        }
    }

    /**
     * Judges a statement.
     *
     * @param statement with the places of its texts, see {@link SqlWords#withTexts}
     * @param before the table in front of it; empty: not known
     * @param after the table behind it, as the connector takes it; empty: it says nothing
     * @param former columns that were dropped before and may be known by their names still
     * @param delivered whether a column is delivered
     */
    public static Effect of(
            SqlWords statement, Optional<TableForm> before, Optional<TableForm> after, Collection<String> former, Predicate<String> delivered) {
        Alteration alteration = new Alteration(before, after, former, delivered);
        SqlWords words = statement.bare();
        if (words.is(0, "ALTER")) {
            alteration.alter(words);
        }
        alteration.untold();
        return new Effect(
                alteration.how.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", alteration.how)), alteration.gone);
    }

    private void alter(SqlWords words) {
        int at = 1;
        while (words.is(at, "ONLINE", "OFFLINE")) {
            at++;
        }
        if (!words.is(at, "TABLE")) {
            how.add("a statement that is not known altered the table");
            return;
        }
        at = words.is(at + 1, "IF") ? at + 3 : at + 1;
        at += words.is(at + 1, ".") ? 3 : 1;
        at += words.is(at, "WAIT") ? 2 : words.is(at, "NOWAIT") ? 1 : 0;
        for (SqlWords part : parts(words.from(at))) {
            if (isLaying(part)) {
                // Whatever stands behind it belongs to it.
                return;
            }
            part(part);
        }
    }

    private static boolean isLaying(SqlWords part) {
        return part.is(0, "ORDER", "PARTITION") && part.is(1, "BY") || part.is(0, "REMOVE") && part.is(1, "PARTITIONING")
                || part.is(0, LAYS) && part.is(1, "PARTITION")
                || part.is(0, "ADD") && part.is(1, "PARTITION") && part.is(2, "(", "PARTITIONS", "IF");
    }

    /** Split at the commas that stand in no parentheses. */
    private static List<SqlWords> parts(SqlWords words) {
        List<SqlWords> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int at = 0; at <= words.size(); at++) {
            depth += words.is(at, "(") ? 1 : words.is(at, ")") ? -1 : 0;
            if (at == words.size() || depth == 0 && words.is(at, ",", ";")) {
                if (at > from) {
                    parts.add(new SqlWords(words.all().subList(from, at)));
                }
                from = at + 1;
            }
        }
        return parts;
    }

    private void part(SqlWords part) {
        if (part.all().contains(SqlWords.UNSURE)) {
            unknown(part);
            return;
        }
        int column = part.is(1, "COLUMN") ? 2 : 1;
        boolean unless = part.is(column, "IF");
        // IF NOT EXISTS, IF EXISTS
        int name = unless ? column + (part.is(column + 1, "NOT") ? 3 : 2) : column;
        if (part.is(0, "ADD")) {
            add(part, column, name, unless);
        } else if (part.is(0, "DROP")) {
            drop(part, name);
        } else if (part.is(0, "MODIFY") && name < part.size()) {
            retyped(part.name(name), part.from(name + 1));
        } else if (part.is(0, "CHANGE") && name + 1 < part.size()) {
            if (part.name(name).equals(part.name(name + 1))) {
                retyped(part.name(name), part.from(name + 2));
            } else {
                renamed(part.name(name), part.name(name + 1));
            }
        } else if (part.is(0, "RENAME")) {
            if (part.is(1, "COLUMN") && part.is(name + 1, "TO") && name + 2 < part.size()) {
                renamed(part.name(name), part.name(name + 2));
            } else if (part.is(1, "COLUMN")) {
                unknown(part);
            }
            // Of an index, or of the table, which is told as such.
        } else if (part.is(0, "ALTER")) {
            boolean ofDefault = part.is(name + 1, "SET", "DROP") && part.is(name + 2, "DEFAULT", "VISIBLE", "INVISIBLE");
            if (!ofDefault && !part.is(1, "INDEX", "KEY", "CONSTRAINT", "CHECK")) {
                unknown(part);
            }
        } else if (part.is(0, "CONVERT") && part.is(1, "TO")) {
            converted(part);
        } else {
            options(part);
        }
    }

    private void unknown(SqlWords part) {
        how.add("a part of the statement that is not known (" + part.all().getFirst() + ") altered the table");
    }

    private void add(SqlWords part, int column, int name, boolean unless) {
        if (part.is(1, KEYS) || part.is(1, "VECTOR") && part.is(2, "INDEX", "KEY")) {
            return;
        }
        if (part.is(1, "PRIMARY")) {
            keyed(part);
        } else if (part.is(1, "CONSTRAINT")) {
            if (part.all().stream().anyMatch("PRIMARY"::equalsIgnoreCase)) {
                keyed(part);
            }
        } else if (part.is(name, "(") && part.is(part.size() - 1, ")")) {
            for (SqlWords one : parts(new SqlWords(part.all().subList(name + 1, part.size() - 1)))) {
                if (!one.is(0, KEYS)) {
                    boolean maybe = one.is(0, "IF");
                    added(one, maybe ? 3 : 0, maybe || unless);
                }
            }
        } else if (part.is(column, "IF") && !part.is(column + 1, "NOT")) {
            unknown(part);
        } else {
            added(part, name, unless);
        }
    }

    /** A column of a primary key may be null no longer. */
    private void keyed(SqlWords part) {
        for (int at = 1; at < part.size(); at++) {
            if (part.is(at - 1, "(", ",")) {
                String name = part.name(at);
                if (delivered.test(name) && before.map(TableForm::columns).map(all -> all.get(name)).filter(known -> !known.optional()).isEmpty()) {
                    how.add("column " + name + " may be null no longer");
                }
            }
        }
    }

    private void added(SqlWords words, int at, boolean unless) {
        if (at + 1 >= words.size()) {
            unknown(words);
            return;
        }
        String name = words.name(at);
        told.add(name);
        if (!delivered.test(name)) {
            return;
        }
        Optional<ColumnForm> known = column(before, name);
        Optional<ColumnForm> now = column(after, name);
        if (unless && known.isPresent() && !gone.contains(name)) {
            // It was there, so nothing came of it; but the connector may take it for added.
            if (now.filter(one -> TypeChange.isSame(known.get(), one) && known.get().optional() == one.optional() && known.get().charset().equals(one.charset()))
                    .isEmpty()) {
                how.add("column " + name + " may be another one than before");
            }
        } else if (known.isPresent() || gone.contains(name) || former.contains(name)) {
            how.add("column " + name + " took the place of another one of that name");
        } else if (!AddedColumn.isNull(words.from(at + 1)) || now.filter(one -> one.optional() && !one.counts()).isEmpty()) {
            how.add("column " + name + " was added with a value for the rows that were there");
        }
    }

    private void drop(SqlWords part, int name) {
        if (part.is(1, KEYS) || part.is(1, "PRIMARY", "CONSTRAINT", "PARTITION")) {
            return;
        }
        if (name >= part.size() || part.size() > name + 1 && !(part.is(name + 1, "RESTRICT", "CASCADE") && part.size() == name + 2)) {
            unknown(part);
            return;
        }
        told.add(part.name(name));
        if (delivered.test(part.name(name))) {
            gone.add(part.name(name));
        }
    }

    private void renamed(String from, String to) {
        told.add(from);
        told.add(to);
        if (delivered.test(from) || delivered.test(to)) {
            how.add("column " + from + " was renamed to " + to);
        }
    }

    /** @param definition what stands behind the column's name */
    private void retyped(String name, SqlWords definition) {
        told.add(name);
        if (!delivered.test(name)) {
            return;
        }
        Optional<ColumnForm> was = column(before, name);
        Optional<ColumnForm> is = column(after, name);
        // By the session's mode it may mean NOT NULL.
        boolean implied = definition.is(0, "TIMESTAMP") && was.map(ColumnForm::optional).orElse(true) && !AddedColumn.isNull(definition);
        if (implied || definition.all().stream().anyMatch(word -> UNTOLD.stream().anyMatch(word::equalsIgnoreCase)) || was.isEmpty() || is.isEmpty()
                || !TypeChange.keeps(was.get(), is.get(), charset(definition, is.get()))) {
            how.add("column " + name + " was altered");
        }
    }

    /** Which character set a column gets. */
    private static Optional<String> charset(SqlWords definition, ColumnForm after) {
        for (int at = 0; at < definition.size(); at++) {
            if (definition.is(at, "CHARACTER", "CHAR") && definition.is(at + 1, "SET") && at + 2 < definition.size()) {
                return Optional.of(TableForm.charset(definition.name(at + 2)));
            }
            if (definition.is(at, "CHARSET") && at + 1 < definition.size()) {
                return Optional.of(TableForm.charset(definition.name(at + 1)));
            }
            if (definition.is(at, "COLLATE") && at + 1 < definition.size()) {
                return Optional.of(ofCollation(definition.name(at + 1)));
            }
        }
        return after.charset();
    }

    private static String ofCollation(String collation) {
        return TableForm.charset(collation.split("_", 2)[0]);
    }

    private void converted(SqlWords part) {
        int at = part.is(2, "CHARSET") ? 3 : part.is(2, "CHARACTER") && part.is(3, "SET") ? 4 : part.size();
        if (at >= part.size() || before.isEmpty()) {
            unknown(part);
            return;
        }
        Optional<String> charset = Optional.of(TableForm.charset(part.name(at)));
        before.get().columns().forEach((name, column) -> {
            if (delivered.test(name) && TypeChange.isText(column) && !TypeChange.isSameText(column.charset(), charset)) {
                how.add("column " + name + " was converted to another character set");
            }
        });
    }

    /** Options of the table, with or without a sign between name and value. */
    private void options(SqlWords part) {
        int at = 0;
        while (at < part.size()) {
            at += part.is(at, "DEFAULT") ? 1 : 0;
            boolean charset = part.is(at, "CHARSET") || part.is(at, "CHARACTER") && part.is(at + 1, "SET");
            int value = part.is(at, "CHARACTER") ? at + 2 : at + 1;
            value += part.is(value, "=") ? 1 : 0;
            if (part.is(at, "FORCE", "NOWAIT")) {
                at++;
            } else if (part.is(at, "ENABLE", "DISABLE") && part.is(at + 1, "KEYS") || part.is(at, "WITH", "WITHOUT") && part.is(at + 1, "VALIDATION")) {
                at += 2;
            } else if (value < part.size() && (part.is(at, OPTIONS) || part.is(at, "ENGINE") && part.is(value, ENGINES))) {
                at = value + 1;
            } else if (value < part.size() && (charset || part.is(at, "COLLATE"))) {
                String name = charset ? TableForm.charset(part.name(value)) : ofCollation(part.name(value));
                if (before.flatMap(TableForm::charset).filter(name::equals).isEmpty()) {
                    // The connector does not take it in: what a later statement makes of a column could not be told.
                    how.add("the table got another character set of its own");
                }
                at = value + 1;
            } else if (isLaying(part.from(at))) {
                return;
            } else {
                unknown(part);
                return;
            }
        }
    }

    /** What the connector says of columns that no part of the statement names. */
    private void untold() {
        if (before.isEmpty() || after.isEmpty()) {
            return;
        }
        Map<String, ColumnForm> was = before.get().columns();
        after.get().columns().forEach((name, column) -> {
            if (!told.contains(name) && delivered.test(name) && (!was.containsKey(name) || !TypeChange.isSame(was.get(name), column))) {
                how.add("column " + name + " was altered");
            }
        });
    }

    private static Optional<ColumnForm> column(Optional<TableForm> form, String name) {
        return form.map(known -> known.columns().get(name));
    }
}
