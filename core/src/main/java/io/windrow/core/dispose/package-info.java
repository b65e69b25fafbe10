/**
 * Deletes what has been kept long enough: {@link io.windrow.core.dispose.Disposer} finds what is due, says so, and on demand
 * deletes it and destroys the data keys that no file needs any more; {@link io.windrow.core.dispose.DisposalRecord} is what it
 * writes down before and after. How a target's files or quarantine files are deleted is theirs to know.
 */
@NullMarked
package io.windrow.core.dispose;

import org.jspecify.annotations.NullMarked;
