package io.windrow.core.transform;

import java.util.Set;

/** What a bound step that hides values tells of them, so that the plan can refuse what would undo it or break on it. */
public interface Hiding {
    /** The input columns whose values must not be seen after the step. */
    Set<String> hidden();

    /** Those among them of which different values may come out the same. */
    Set<String> ambiguous();

    /** Those among them whose values come out otherwise since a change of key, the former ones beside them. */
    Set<String> rotating();
}
