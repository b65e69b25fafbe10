/**
 * Real crashes: {@link io.windrow.testkit.crash.ChildJvm} runs a main in a process of its own, {@link
 * io.windrow.testkit.crash.CrashChain} kills it at failpoints again and again, each restart being the recovery and the
 * next victim, while {@link io.windrow.testkit.crash.TableChurn} changes the source. What a right outcome is, the caller
 * says.
 */
@NullMarked
package io.windrow.testkit.crash;

import org.jspecify.annotations.NullMarked;
