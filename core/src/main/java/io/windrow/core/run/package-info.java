/**
 * What to do when something fails, and how fast to go: {@link io.windrow.core.run.RetryPolicy} and
 * {@link io.windrow.core.run.RateLimit}. Pure: time and chance come in as arguments. No threads, no waiting and no I/O
 * here: a runner applies what these decide.
 */
@NullMarked
package io.windrow.core.run;

import org.jspecify.annotations.NullMarked;
