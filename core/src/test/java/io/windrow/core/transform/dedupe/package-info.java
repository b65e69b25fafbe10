@org.jspecify.annotations.NullMarked
package io.windrow.core.transform.dedupe;
