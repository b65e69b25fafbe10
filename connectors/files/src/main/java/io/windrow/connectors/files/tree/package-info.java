/**
 * Every effect on storage that the files sink has, behind one small interface ({@link io.windrow.connectors.files.tree.FileTree}),
 * so that object stores come in later and a crash recorder can wrap it. No knowledge of streams, epochs or formats.
 */
@NullMarked
package io.windrow.connectors.files.tree;

import org.jspecify.annotations.NullMarked;
