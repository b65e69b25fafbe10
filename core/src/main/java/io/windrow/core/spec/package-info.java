/**
 * From YAML to typed records and from records to documentation. {@link io.windrow.core.spec.PipelineFiles} reads a file
 * into a {@link io.windrow.core.spec.PipelineSpec}; {@link io.windrow.core.spec.SpecSchema} and
 * {@link io.windrow.core.spec.SpecReference} write the JSON Schema and the reference page from the same records. The only
 * package that uses reflection. What a pipeline means is decided elsewhere: nothing here connects to a source or a sink.
 */
@NullMarked
package io.windrow.core.spec;

import org.jspecify.annotations.NullMarked;
