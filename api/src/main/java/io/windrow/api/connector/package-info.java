/**
 * What every connector is: {@link io.windrow.api.connector.Connector}. What it gets is in {@code api.context}, reading
 * in {@code api.source}, writing in {@code api.sink}. Nothing that a source or a sink names goes here.
 */
@NullMarked
package io.windrow.api.connector;

import org.jspecify.annotations.NullMarked;
