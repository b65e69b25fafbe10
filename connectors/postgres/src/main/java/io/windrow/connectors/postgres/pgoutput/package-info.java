/**
 * PostgreSQL's logical replication messages (pgoutput): {@link io.windrow.connectors.postgres.pgoutput.MessageReader} takes
 * them apart where they lie and calls {@link io.windrow.connectors.postgres.pgoutput.Messages}. No I/O, no values decoded:
 * that is what the codec package does.
 */
@NullMarked
package io.windrow.connectors.postgres.pgoutput;

import org.jspecify.annotations.NullMarked;
