package io.windrow.api.source;

import java.util.List;

/**
 * What a planner promises for a stream and on what grounds (I14). Shown in plan, ledger and output.
 *
 * @param name {@code snapshot}, {@code per range}, {@code proven}, {@code conditional}, {@code settle}
 * @param statement one sentence: what will be delivered
 * @param assumptions what must be true for it, one sentence each
 * @param unseen what this way of reading cannot see (deletes, intermediate versions)
 */
public record Guarantee(String name, String statement, List<String> assumptions, List<String> unseen) {
    public Guarantee {
        assumptions = List.copyOf(assumptions);
        unseen = List.copyOf(unseen);
    }
}
