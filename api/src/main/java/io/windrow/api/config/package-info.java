/**
 * The building blocks of config records: {@link io.windrow.api.config.Doc} on every component, and the value types that
 * Java lacks. Parsing lives in core; a connector receives a finished record.
 */
@NullMarked
package io.windrow.api.config;

import org.jspecify.annotations.NullMarked;
