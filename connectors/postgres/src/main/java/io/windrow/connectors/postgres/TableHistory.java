package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.ColumnMatch.Candidate;
import io.windrow.connectors.postgres.ColumnMatch.Lack;
import io.windrow.connectors.postgres.ColumnMatch.Last;
import io.windrow.connectors.postgres.TableColumns.Form;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation.PublishedColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is known of a table's columns in the part of the log that is read.
 *
 * @param before what they were where reading goes on; empty: nobody knows, for a state that was saved before they were
 * @param now what they are in the plan
 * @param delivered the numbers of those that the log has to hold from the day on which they were added
 */
record TableHistory(Optional<TableColumns> before, TableColumns now, Set<Integer> delivered) {
    TableHistory {
        delivered = Set.copyOf(delivered);
    }

    static TableHistory of(StreamShape shape, Optional<TableColumns> before, TableColumns now) {
        Set<Integer> delivered = new HashSet<>();
        shape.plans().forEach(plan -> delivered.add(plan.column().id()));
        return new TableHistory(before, now, delivered);
    }

    /**
     * The numbers of the columns that the log announces; 0 stands for one that came after the plan.
     *
     * @param commit where the transaction lies that wrote to them
     * @return empty: they may be these or those, and nobody guesses (D17)
     */
    Optional<int[]> numbers(List<PublishedColumn> announced, long commit) {
        if (Long.compareUnsigned(commit, now.lsn()) < 0) {
            return new ColumnMatch(announced, candidates(), Last.NOTHING).numbers();
        }
        // Each may have been dropped since, or have got another type.
        List<Candidate> planned = new ArrayList<>();
        new TreeMap<>(now.columns()).forEach((number, form) -> planned.add(new Candidate(
                number,
                announced.stream().filter(column -> column.name().equals(form.name())).map(Form::of).toList(),
                Lack.MAYBE)));
        return new ColumnMatch(announced, planned, Last.NEWER).numbers();
    }

    /**
     * What is known behind a place where the log has announced columns: a table gets none back.
     *
     * @param numbers what {@link #numbers} gave for them
     */
    TableHistory after(List<PublishedColumn> announced, int[] numbers) {
        Map<Integer, Form> there = new HashMap<>();
        int width = before.map(TableColumns::width).orElse(0);
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] > 0) {
                PublishedColumn column = announced.get(i);
                there.put(numbers[i], Form.of(column));
                width = Math.max(width, numbers[i]);
            }
        }
        // What is not delivered need not be in the log.
        now.columns().forEach((number, form) -> {
            if (!delivered.contains(number)) {
                there.putIfAbsent(number, before.flatMap(then -> then.column(number)).orElse(form));
            }
        });
        return new TableHistory(Optional.of(new TableColumns(now.lsn(), width, there)), now, delivered);
    }

    /** The columns that were there where reading goes on, or came later. */
    private List<Candidate> candidates() {
        List<Candidate> candidates = new ArrayList<>();
        int width = before.map(TableColumns::width).orElse(0);
        for (int number = 1; number <= now.width(); number++) {
            Optional<Form> then = before.isEmpty() ? Optional.empty() : before.get().column(number);
            Optional<Form> today = now.column(number);
            if (number <= width && then.isEmpty()) {
                // It was dropped by then.
                continue;
            }
            List<Form> forms = new ArrayList<>();
            then.ifPresent(forms::add);
            today.ifPresent(forms::add);
            Lack lack = today.isEmpty() || !delivered.contains(number) ? Lack.MAYBE
                    : number <= width ? Lack.NEVER : Lack.UNTIL_ADDED;
            candidates.add(new Candidate(number, forms, lack));
        }
        return candidates;
    }
}
