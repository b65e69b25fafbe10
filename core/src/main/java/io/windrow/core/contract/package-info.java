/**
 * What rows and schemas must look like. {@link io.windrow.core.contract.ContractTransform} judges rows column by column in
 * memory and sets bad ones aside; the rest judges a stream's schema against the one that
 * was accepted last. Nothing here prints, stores or quotes a value (I11), and nothing here reads or writes outside of memory but
 * through the state store that it is given.
 */
@NullMarked
package io.windrow.core.contract;

import org.jspecify.annotations.NullMarked;
