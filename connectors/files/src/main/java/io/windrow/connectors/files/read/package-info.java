/**
 * Reading files back: counting what was written, and decoding deliveries with readers that share no code with the
 * encoders. No paths, epochs or commits.
 */
@NullMarked
package io.windrow.connectors.files.read;

import org.jspecify.annotations.NullMarked;
