package io.windrow.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** The costs of one thing, round by round; figures are medians. */
final class Rounds {
    private final List<Cost> costs = new ArrayList<>();

    void add(Cost cost) {
        costs.add(cost);
    }

    boolean none() {
        return costs.isEmpty();
    }

    /** The newest. */
    @Override
    public String toString() {
        return costs.isEmpty() ? "not measured" : costs.getLast().toString();
    }

    double seconds() {
        return median(costs.stream().map(Cost::seconds).toList());
    }

    double cpu() {
        return median(costs.stream().map(Cost::cpu).toList());
    }

    /** How many times as fast the other is: the median of the rounds' ratios. */
    double over(Rounds other) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < costs.size(); i++) {
            ratios.add(costs.get(i).seconds() / other.costs.get(i).seconds());
        }
        return median(ratios);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
