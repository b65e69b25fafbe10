package io.windrow.benchmarks.governed;

import io.windrow.api.config.Doc;

/**
 * Which generated tables are read.
 *
 * @param world the name under which {@link GeneratedConnector} knows them
 */
public record GeneratedConfig(@Doc(value = "The name of the tables in this process.", example = "w1") String world) {}
