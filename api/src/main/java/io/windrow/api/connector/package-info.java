/**
 * What every connector is and gets: {@link io.windrow.api.connector.Connector} and
 * {@link io.windrow.api.connector.Context}. Reading is in {@code api.source}, writing in {@code api.sink}.
 */
@NullMarked
package io.windrow.api.connector;

import org.jspecify.annotations.NullMarked;
