package io.windrow.connectors.postgres;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which transactions a snapshot shows, as {@code pg_snapshot} says it. Ids have 64 bits; those of the log have the lower half.
 *
 * @param lowest all transactions below have ended: they are seen, or were rolled back
 * @param next no transaction from here on is seen
 * @param open the transactions between that were at work
 */
record Visible(long lowest, long next, Set<Long> open) {
    private static final long HALF = 1L << 32;

    Visible {
        open = Set.copyOf(open);
    }

    /** From the text of a {@code pg_snapshot}: {@code lowest:next:open,open}. */
    static Visible parse(String text) {
        String[] parts = text.split(":", -1);
        try {
            if (parts.length == 3) {
                Set<Long> open = new HashSet<>();
                for (String one : parts[2].isEmpty() ? List.<String>of() : List.of(parts[2].split(","))) {
                    open.add(Long.parseLong(one));
                }
                return new Visible(Long.parseLong(parts[0]), Long.parseLong(parts[1]), open);
            }
        } catch (NumberFormatException e) {
            throw StateText.invalid("a snapshot holds something that is no transaction id");
        }
        throw StateText.invalid("a snapshot cannot be read");
    }

    /** Whether it shows what a transaction did that was committed some time. */
    boolean sees(long transaction) {
        return transaction < lowest || transaction < next && !open.contains(transaction);
    }

    /**
     * The 64-bit id of a transaction of the log: of those with its lower half the one that is next to a known id. The server
     * itself keeps all that is alive within 2^31 of each other.
     *
     * @param near an id of about the same time, 64 bits
     * @param half the lower 32 bits, without a sign
     */
    static long whole(long near, long half) {
        long epoch = near - Math.floorMod(near, HALF);
        long best = epoch + half;
        if (best - near > HALF / 2) {
            best -= HALF;
        } else if (near - best > HALF / 2) {
            best += HALF;
        }
        return Math.max(best, half);
    }

    @Override
    public String toString() {
        return lowest + ":" + next + ":"
                + String.join(",", open.stream().sorted().map(String::valueOf).toList());
    }
}
