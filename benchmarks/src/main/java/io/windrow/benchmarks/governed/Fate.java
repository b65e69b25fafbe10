package io.windrow.benchmarks.governed;

import java.util.List;

/** What has to become of a row. */
sealed interface Fate {
    /** It is delivered: a text for each column, name and type before the value. */
    record Written(List<String> cells) implements Fate {}

    /** It is set aside. */
    record Aside(String number, String code, String field) implements Fate {}

    /** It is dropped. */
    enum Dropped implements Fate {
        REPEATED,
        FILTERED,
        SAMPLED_OUT
    }
}
