/**
 * Changes as rows: {@link io.windrow.core.transform.change.ChangeLog} makes plain columns of what a change stream says of
 * each row, for targets that only append. Nothing here folds changes into a state.
 */
@NullMarked
package io.windrow.core.transform.change;

import org.jspecify.annotations.NullMarked;
