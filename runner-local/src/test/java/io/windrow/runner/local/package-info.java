/** Tests of the runner over a source and a target in memory that keep the SPI's contracts in earnest. */
@org.jspecify.annotations.NullMarked
package io.windrow.runner.local;
