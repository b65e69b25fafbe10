/**
 * What a PostgreSQL database holds: {@link io.windrow.connectors.postgres.catalog.CatalogReader} reads relations, columns,
 * keys and the types they need from pg_catalog into records. Names are exact; {@link
 * io.windrow.connectors.postgres.catalog.Identifier} quotes them. No mapping of types and no data of tables lives here.
 */
@NullMarked
package io.windrow.connectors.postgres.catalog;

import org.jspecify.annotations.NullMarked;
