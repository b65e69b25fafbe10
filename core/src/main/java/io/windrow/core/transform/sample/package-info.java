/**
 * Delivers a share of a stream: {@link io.windrow.core.transform.sample.SampleTransform} decides by a hash of some fields
 * that is the same in every run, split and version. No I/O, no clock, no chance.
 */
@NullMarked
package io.windrow.core.transform.sample;

import org.jspecify.annotations.NullMarked;
