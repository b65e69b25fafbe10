/**
 * What differs between databases that are read: {@link io.windrow.connectors.jdbc.catalog.SourceDialect} with one class per
 * database, which holds its table of types, the statements over its catalog, and how a transaction sees one moment. No plans,
 * positions or rows of a run go here.
 */
@NullMarked
package io.windrow.connectors.jdbc.catalog;

import org.jspecify.annotations.NullMarked;
