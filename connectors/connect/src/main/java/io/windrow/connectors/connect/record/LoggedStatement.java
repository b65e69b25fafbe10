package io.windrow.connectors.connect.record;

import java.util.Set;

/** What a statement in a log of rows does to rows that the log does not name one by one. */
enum LoggedStatement {
    /** Nothing, or what is told from the schema's history: it alters tables, users or settings, or parts a transaction. */
    NO_ROWS,
    /** A transaction begins. */
    BEGINS,
    /** It changes rows of the tables that it names, and of those that their triggers, views and foreign keys reach. */
    ROWS,
    /** It takes back what its transaction did. */
    TAKES_BACK,
    /** A transaction is complete that another statement will commit or take back; the rest names it. */
    XA_ENDS,
    /** It commits one of those. */
    XA_COMMITS,
    /** It takes one of those back. */
    XA_TAKES_BACK,
    /** Nobody can tell: it calls, or is of a kind that is not known. */
    UNKNOWN;

    private static final Set<String> CHANGES = Set.of("INSERT", "REPLACE", "UPDATE", "DELETE", "LOAD");

    /** What is neither a change of rows nor has any behind it in the same statement. */
    private static final Set<String> HARMLESS = Set.of(
            "COMMIT", "SAVEPOINT", "RELEASE", "CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE", "GRANT", "REVOKE", "SET", "FLUSH", "INSTALL", "UNINSTALL");

    /** What a statement is, by its first words. */
    static LoggedStatement of(SqlWords whole) {
        SqlWords words = whole.bare();
        if (words.size() == 0) {
            // A comment, as a server writes it for an event that its reader would not know. One that sets something for no statement is none.
            return whole.size() == 0 ? NO_ROWS : UNKNOWN;
        }
        if (words.is(0, HARMLESS)) {
            return NO_ROWS;
        }
        if (words.is(0, CHANGES)) {
            return ROWS;
        }
        if (words.is(0, "BEGIN")) {
            return words.size() == 1 || words.is(1, "WORK", ";") ? BEGINS : UNKNOWN;
        }
        if (words.is(0, "START")) {
            return words.is(1, "TRANSACTION") ? BEGINS : UNKNOWN;
        }
        if (words.is(0, "ROLLBACK")) {
            // To a savepoint too: a server writes that only if it cannot take the rows out of its log again.
            return TAKES_BACK;
        }
        // ANALYZE has a form that runs the statement behind it; REPAIR may leave rows out.
        if (words.is(0, "ANALYZE", "OPTIMIZE")) {
            return words.is(1, "TABLE", "TABLES") || words.is(1, "LOCAL", "NO_WRITE_TO_BINLOG") && words.is(2, "TABLE", "TABLES") ? NO_ROWS : UNKNOWN;
        }
        if (words.is(0, "XA")) {
            return words.is(1, "START", "BEGIN") ? BEGINS
                    : words.is(1, "END") ? XA_ENDS
                    : words.is(1, "PREPARE") ? NO_ROWS
                    : words.is(1, "COMMIT") ? XA_COMMITS
                    : words.is(1, "ROLLBACK") ? XA_TAKES_BACK
                    : UNKNOWN;
        }
        return UNKNOWN;
    }
}
