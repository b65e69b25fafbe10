/**
 * Files encrypted for storage: {@link io.windrow.core.seal.SealRules} is what the pipeline asks for,
 * {@link io.windrow.core.seal.DataKeys} makes, keeps and finds the keys, one class alone touches the cipher's library, and
 * only when a file is encrypted or decrypted. Who writes or reads files sees {@link io.windrow.api.context.Sealing}. What is
 * deleted and when is not decided here.
 */
@NullMarked
package io.windrow.core.seal;

import org.jspecify.annotations.NullMarked;
