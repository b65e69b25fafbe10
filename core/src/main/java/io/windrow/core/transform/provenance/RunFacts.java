package io.windrow.core.transform.provenance;

import io.windrow.core.ledger.HashKey;
import java.time.InstantSource;

/**
 * What an attempt lends to the step that writes down where rows come from.
 *
 * @param run the run's id
 * @param clock tells when a batch was read: the one thing about a row that only a clock knows
 * @param key the key under which a position is digested that may not be shown
 */
public record RunFacts(String run, InstantSource clock, HashKey key) {}
