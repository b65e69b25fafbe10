package io.windrow.connectors.connect.record;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The newest transaction of each replication domain of a MariaDB log: what a log holds up to a place. Immutable.
 *
 * @param newest by domain
 */
public record Gtids(Map<Long, Gtid> newest) {
    /** Before every transaction. */
    public static final Gtids NONE = new Gtids(Map.of());

    private static final Pattern ONE = Pattern.compile("(\\d{1,10})-(\\d{1,10})-(\\d{1,18})");

    /**
     * A transaction.
     *
     * @param domain the order of which replication keeps
     * @param server the number of the server that ran it first
     * @param sequence grows within the domain; two servers that part may use the same
     */
    public record Gtid(long domain, long server, long sequence) {
        /** As servers write it; empty: the text is none. */
        public static Optional<Gtid> of(String text) {
            Matcher parts = ONE.matcher(text.strip());
            return parts.matches()
                    ? Optional.of(new Gtid(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)), Long.parseLong(parts.group(3))))
                    : Optional.empty();
        }

        @Override
        public String toString() {
            return domain + "-" + server + "-" + sequence;
        }
    }

    public Gtids {
        newest = Map.copyOf(newest);
    }

    /**
     * As servers and Debezium's connector write a set; of a domain that is named more than once the last counts.
     *
     * @return empty: the text is none
     */
    public static Optional<Gtids> of(String text) {
        Map<Long, Gtid> newest = new TreeMap<>();
        for (String one : text.split(",")) {
            if (!one.isBlank()) {
                Optional<Gtid> gtid = Gtid.of(one);
                if (gtid.isEmpty()) {
                    return Optional.empty();
                }
                newest.put(gtid.get().domain(), gtid.get());
            }
        }
        return Optional.of(new Gtids(newest));
    }

    /** With one more transaction. */
    public Gtids with(Gtid next) {
        Map<Long, Gtid> more = new TreeMap<>(newest);
        more.put(next.domain(), next);
        return new Gtids(more);
    }

    /** The newest of a domain. */
    public Optional<Gtid> of(long domain) {
        return Optional.ofNullable(newest.get(domain));
    }

    /** Whether nothing in it can lie behind the other: each of its transactions is the other's of the domain, or has a lower sequence. */
    public boolean mayPrecede(Gtids other) {
        return newest.values().stream().allMatch(mine -> other.of(mine.domain())
                .filter(its -> its.equals(mine) || its.sequence() > mine.sequence()).isPresent());
    }

    public boolean isEmpty() {
        return newest.isEmpty();
    }

    @Override
    public String toString() {
        return new TreeMap<>(newest).values().stream().map(Gtid::toString).collect(Collectors.joining(","));
    }
}
