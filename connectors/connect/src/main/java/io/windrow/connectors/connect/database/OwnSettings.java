package io.windrow.connectors.connect.database;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The settings of Debezium's connectors on which it rests what a stream promises: which tables it has, what their values look like,
 * where a run goes on. They follow from the pipeline file's own settings, and whoever sets one as a property is told which.
 */
public final class OwnSettings {
    private static final String CALLED = "the connector is called after the pipeline, and its records become rows";
    private static final String REACHED = "host, port, database, user, password, tls and server_id (for MongoDB url, user, password, auth_database"
            + " and tls) say how the server is reached";
    private static final String NAMED = "tables (for MongoDB collections and updates) says what is followed";
    private static final String COLUMNS = "name the columns in exclude_columns (for MongoDB the fields in exclude_fields), so that the stream's schema"
            + " lacks them too, and mask others in the pipeline file";
    private static final String EVENTS = "every change is delivered, and what is known of it stands in the change log's own columns";
    private static final String VALUES = "a value arrives as the docs say of its type, and one that cannot be read ends the read";
    private static final String COPIES = "copy_lock says how tables are copied, and run --full-refresh copies them anew";
    private static final String PLACES = "where a run goes on, and what was read before, is saved with the rows, which rests on it";

    private record Rule(Pattern names, String instead) {
        Rule(String names, String instead) {
            this(Pattern.compile(names), instead);
        }
    }

    private static final List<Rule> RULES = List.of(
            new Rule("name|connector\\.class|tasks\\.max|task\\.class|topic\\..*", CALLED),
            new Rule("database\\.(hostname|port|user|password|server\\.id|dbname|names|ssl\\.mode)", REACHED),
            new Rule("mongodb\\.(connection\\.string|user|password|authsource|ssl\\.enabled|ssl\\.invalid\\.hostname\\.allowed)", REACHED),
            new Rule("(table|database|schema|collection)\\.(include|exclude)\\.list|gtid\\.source\\..*|capture\\..*|cursor\\.pipeline.*", NAMED),
            new Rule("(column|field)\\..*|message\\.key\\.columns", COLUMNS),
            new Rule("skipped\\.operations|tombstones\\.on\\.delete|provide\\.transaction\\.metadata|transaction\\..*|include\\..*|sourceinfo\\..*"
                    + "|extended\\.headers.*", EVENTS),
            new Rule(".*\\.(handling|adjustment|precision)\\.mode|enable\\.time\\.adjuster|database\\.(timezone|connectionTimeZone)"
                    + "|unavailable\\.value\\.placeholder|converters|post\\.processors"
                    + "|driver\\.(?i:.*time_?zone|zeroDateTimeBehavior|yearIsDateType|tinyInt1isBit|transformedBitIsBoolean|sessionVariables|initSql|preserveInstants)|database\\.initial\\.statements",
                    VALUES),
            new Rule("snapshot\\.(?!(fetch\\.size|lock\\.timeout\\.ms|isolation\\.mode)$).*|incremental\\..*|signal\\..*|notification\\..*|read\\.only", COPIES),
            new Rule("(schema|database)\\.history\\..*|offset\\..*|heartbeat\\..*|connect\\.keep\\.alive.*|errors\\..*|custom\\.metric\\.tags"
                    + "|binlog\\.buffer\\.size|exactly\\.once\\..*|internal\\..*|windrow.*", PLACES));

    private OwnSettings() {}

    /**
     * Refuses properties that are among them.
     *
     * @throws IllegalArgumentException with the property's name and what to set instead; never with its value
     */
    public static void requireNone(Map<String, String> properties) {
        properties.forEach((name, value) -> {
            String plain = name.strip();
            for (Rule rule : RULES) {
                if (rule.names().matcher(plain).matches()) {
                    throw new IllegalArgumentException("properties must leave out " + name + ": " + rule.instead());
                }
            }
            if (plain.equals("snapshot.isolation.mode") && value.strip().toLowerCase(Locale.ROOT).startsWith("read_")) {
                throw new IllegalArgumentException("properties must not set " + name + " to what lets rows of a copy be of several moments");
            }
        });
    }
}
