/**
 * Real crashes: {@link io.windrow.testkit.crash.ChildJvm} runs a main in a process of its own, {@link
 * io.windrow.testkit.crash.CrashChain} kills it at failpoints again and again, each restart being the recovery and the
 * next victim, while {@link io.windrow.testkit.crash.TableChurn} changes the source. {@link
 * io.windrow.testkit.crash.CrashSeries} puts them together for the command line and compares exactly. The command line is
 * named, not linked: nothing here depends on it.
 */
@NullMarked
package io.windrow.testkit.crash;

import org.jspecify.annotations.NullMarked;
