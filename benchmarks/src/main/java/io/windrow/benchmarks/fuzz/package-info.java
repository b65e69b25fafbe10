/**
 * Broken bytes for everything that reads bytes: {@link io.windrow.benchmarks.fuzz.Fuzzer} breaks valid inputs and feeds
 * them to a {@link io.windrow.benchmarks.fuzz.Target}. The property is the same everywhere: a coded error or a right
 * result, never another exception, a hang, a leaked buffer or a wrong number of rows. It lives here because here every
 * decoder can be seen.
 */
@NullMarked
package io.windrow.benchmarks.fuzz;

import org.jspecify.annotations.NullMarked;
