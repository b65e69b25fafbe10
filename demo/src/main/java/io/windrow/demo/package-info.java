/**
 * The parts of {@code windrow demo}: {@link io.windrow.demo.DemoDatabase} is a PostgreSQL server, {@link
 * io.windrow.demo.TpchData} fills it, {@link io.windrow.demo.OrdersWriter} changes it while a pipeline runs, {@link
 * io.windrow.demo.DemoPipeline} writes the pipeline's file. Running and verifying the pipeline is the command's work.
 */
@NullMarked
package io.windrow.demo;

import org.jspecify.annotations.NullMarked;
