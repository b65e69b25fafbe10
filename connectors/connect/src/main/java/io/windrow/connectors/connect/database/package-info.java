/**
 * The databases that are known by name: what of their settings the connector is told
 * ({@link io.windrow.connectors.connect.database.Preset}), and what is asked of the server itself, since a stream's columns
 * must be known before its first row ({@link io.windrow.connectors.connect.database.Server}).
 */
@NullMarked
package io.windrow.connectors.connect.database;

import org.jspecify.annotations.NullMarked;
