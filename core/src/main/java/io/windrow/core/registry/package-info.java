/**
 * Finding connectors and error codes: {@link io.windrow.core.registry.Registry} is the only place that calls
 * {@link java.util.ServiceLoader} for connectors, {@link io.windrow.core.registry.NearestName} suggests what a user meant.
 * No configuration is read here.
 */
@NullMarked
package io.windrow.core.registry;

import org.jspecify.annotations.NullMarked;
