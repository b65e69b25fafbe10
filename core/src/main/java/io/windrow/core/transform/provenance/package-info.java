/**
 * Fields that say where a row comes from: {@link io.windrow.core.transform.provenance.ProvenanceTransform}. The only step
 * whose output differs from run to run, so it stands last and is left out where rows are read again to be compared.
 */
@NullMarked
package io.windrow.core.transform.provenance;

import org.jspecify.annotations.NullMarked;
