/**
 * Reading: a {@link io.windrow.api.source.Source} plans splits and opens readers for them. No retries, timers or threads
 * here: connectors classify errors, the runner decides.
 */
@NullMarked
package io.windrow.api.source;

import org.jspecify.annotations.NullMarked;
