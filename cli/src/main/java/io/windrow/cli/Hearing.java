package io.windrow.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.windrow.connectors.connect.host.Overheard;

/** Hands on what a hosted connector says of changes that it passes over, and shows nothing. Called by the threads that log. */
final class Hearing extends UnsynchronizedAppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
        Object[] arguments = event.getArgumentArray();
        Overheard.heard(String.valueOf(event.getMessage()), arguments == null ? new Object[0] : arguments);
    }
}
