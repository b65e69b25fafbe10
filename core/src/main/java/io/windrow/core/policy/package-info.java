/**
 * What a user wants done to rows between source and sink, as the pipeline file says it: records only, read by core.spec and
 * acted on by core.contract, core.transform and core.quarantine. No behaviour lives here.
 */
@NullMarked
package io.windrow.core.policy;

import org.jspecify.annotations.NullMarked;
