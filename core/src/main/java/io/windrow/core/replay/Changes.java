package io.windrow.core.replay;

import io.windrow.api.batch.RowHash;
import io.windrow.api.error.WindrowException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What makes target and source alike, by the identities of rows: which staged rows are delivered and which delivered ones
 * go. Its size is bounded (I12).
 */
final class Changes {
    private static final int MOST = 1_000_000;
    private static final int ALL = Integer.MAX_VALUE;

    private final Map<RowHash, Integer> deliver = new HashMap<>();
    private final Map<RowHash, Integer> remove = new HashMap<>();

    /** So many staged rows of the identity are to be delivered. */
    void deliver(RowHash identity, int rows) {
        deliver.put(identity, rows);
        bounded();
    }

    /** So many delivered rows of the identity go. */
    void remove(RowHash identity, int rows) {
        remove.put(identity, rows);
        bounded();
    }

    /** Every delivered row of the identity goes. */
    void removeAll(RowHash identity) {
        remove(identity, ALL);
    }

    private void bounded() {
        if (deliver.size() + remove.size() > MOST) {
            throw WindrowException.of(
                    ReplayError.TOO_MANY, "Comparing the window with what was delivered: more than " + MOST + " keys differ");
        }
    }

    /** The identities of which rows go and none comes. */
    Set<RowHash> gone() {
        Set<RowHash> gone = new HashSet<>(remove.keySet());
        gone.removeAll(deliver.keySet());
        return gone;
    }

    boolean removesNothing() {
        return remove.isEmpty();
    }

    Taking delivering() {
        return new Taking(deliver);
    }

    Taking removing() {
        return new Taking(remove);
    }

    /** Takes rows one by one, each identity as often as it is to be taken. */
    static final class Taking {
        private final Map<RowHash, Integer> left;

        private Taking(Map<RowHash, Integer> counts) {
            left = new HashMap<>(counts);
        }

        boolean takes(RowHash identity) {
            Integer rows = left.get(identity);
            if (rows == null || rows == 0) {
                return false;
            }
            if (rows != ALL) {
                left.put(identity, rows - 1);
            }
            return true;
        }
    }
}
