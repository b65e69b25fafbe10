package io.windrow.core.cycle.a;

import io.windrow.core.cycle.b.Second;

/** Needs the other package, which needs this one. */
public record First(Second second) {}
