/**
 * Things that go wrong on purpose: {@link io.windrow.testkit.fault.TcpProxy} between a client and a server, {@link
 * io.windrow.testkit.fault.ThrowingFailpoints} and {@link io.windrow.testkit.fault.KillingFailpoints} inside the code,
 * {@link io.windrow.testkit.fault.DiskRecorder} below it, where a machine dies with what was not synced. Judging what follows
 * is not done here.
 */
@NullMarked
package io.windrow.testkit.fault;

import org.jspecify.annotations.NullMarked;
