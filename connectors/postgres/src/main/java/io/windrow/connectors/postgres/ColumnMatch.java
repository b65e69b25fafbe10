package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.TableColumns.Form;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation.PublishedColumn;
import java.util.List;
import java.util.Optional;

/**
 * In how many ways the columns that a log announces may be columns of a table: both come in the order of their numbers.
 *
 * @param announced what the log announces
 * @param candidates the columns that it may be
 * @param last what may stand behind them all
 */
record ColumnMatch(List<PublishedColumn> announced, List<Candidate> candidates, Last last) {
    ColumnMatch {
        announced = List.copyOf(announced);
        candidates = List.copyOf(candidates);
    }

    /**
     * A column that the log may hold.
     *
     * @param number its number
     * @param forms what it is known to be or to have been
     * @param lack whether the log may be without it
     */
    record Candidate(int number, List<Form> forms, Lack lack) {
        boolean was(PublishedColumn column) {
            return forms.stream().anyMatch(form -> form.is(column));
        }
    }

    /** Whether the log may be without a column. */
    enum Lack {
        NEVER,
        /** It may have been added later: then all behind it were too. */
        UNTIL_ADDED,
        MAYBE
    }

    /** What may stand behind the candidates. */
    enum Last {
        NOTHING,
        /** Columns that were added since. */
        NEWER
    }

    /** By what a column is told. */
    private enum By {
        /** Its name and type are ones that it is known to have had. */
        FORM,
        PLACE
    }

    /**
     * The number of each column that is announced, 0 for one that came later; empty: there are several ways, or none. Forms that are
     * known decide; where the log has others, the places do if they leave one way.
     */
    Optional<int[]> numbers() {
        int[][] known = ways(By.FORM);
        return known[0][0] > 0 ? only(known, By.FORM) : only(ways(By.PLACE), By.PLACE);
    }

    /** For each column and candidate how many ways there are for them and all behind them: none, one, or two for several. */
    private int[][] ways(By by) {
        int[][] ways = new int[announced.size() + 1][candidates.size() + 1];
        for (int i = announced.size(); i >= 0; i--) {
            ways[i][candidates.size()] = i == announced.size() ? 1 : isNewer(i, by) ? ways[i + 1][candidates.size()] : 0;
            for (int j = candidates.size() - 1; j >= 0; j--) {
                int with = mayBe(i, j, by) ? ways[i + 1][j + 1] : 0;
                int without = mayLack(i, j) ? ways[i][j + 1] : 0;
                ways[i][j] = Math.min(2, with + without);
            }
        }
        return ways;
    }

    /** A column that is called as one that is known is that one. */
    private boolean isNewer(int column, By by) {
        return last == Last.NEWER
                && (by == By.PLACE || candidates.stream().noneMatch(candidate -> candidate.was(announced.get(column))));
    }

    private boolean mayBe(int column, int candidate, By by) {
        return column < announced.size() && (by == By.PLACE || candidates.get(candidate).was(announced.get(column)));
    }

    private boolean mayLack(int column, int candidate) {
        return switch (candidates.get(candidate).lack()) {
            case NEVER -> false;
            case UNTIL_ADDED -> column == announced.size();
            case MAYBE -> true;
        };
    }

    private Optional<int[]> only(int[][] ways, By by) {
        if (ways[0][0] != 1) {
            return Optional.empty();
        }
        int[] numbers = new int[announced.size()];
        int i = 0;
        for (int j = 0; j < candidates.size(); j++) {
            if (mayBe(i, j, by) && ways[i + 1][j + 1] == 1) {
                numbers[i++] = candidates.get(j).number();
            }
        }
        return Optional.of(numbers);
    }
}
