/**
 * The files connector: {@link io.windrow.connectors.files.FilesSink} writes streams to files below one root, exactly
 * once, and {@link io.windrow.connectors.files.FilesDelivery} reads them back. Formats, layout and storage have packages
 * of their own; what stands here is the commit protocol.
 */
@NullMarked
package io.windrow.connectors.files;

import org.jspecify.annotations.NullMarked;
