/**
 * What lies where below the sink's root: folder and file names ({@link io.windrow.connectors.files.layout.SafeName},
 * {@link io.windrow.connectors.files.layout.StreamFolder}), staged files and commit manifests with their JSON. No
 * decision about commits and no file format.
 */
@NullMarked
package io.windrow.connectors.files.layout;

import org.jspecify.annotations.NullMarked;
