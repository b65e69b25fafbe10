package io.windrow.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;

/**
 * Logs to standard error: human text, or JSON with {@code WINDROW_LOG_FORMAT=json}; from level {@code WINDROW_LOG}
 * (default {@code error}: what a user must hear of, the commands print themselves). Pipeline, run, stream and epoch are in every line that belongs to one. In code, since reading
 * an XML file would cost a tenth of a second at each start.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** Whose lines are known to quote no row. */
    private static final List<String> KNOWN =
            List.of("io.windrow", "org.flywaydb", "io.opentelemetry", "org.apache.arrow", "org.sqlite");

    /** The logger of what commands tell people, where standard error is to hold nothing but JSON. */
    static final String SAID = "io.windrow.said";

    /** Whether each line on standard error is to be a JSON object. */
    static boolean isJson() {
        return "json".equals(System.getenv("WINDROW_LOG_FORMAT"));
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Encoder<ILoggingEvent> encoder = encoder(context);
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        // What plugins write, and the libraries under them, may quote rows, which no mask has seen (I11): only for whoever asks.
        root.setLevel(Level.toLevel(System.getenv("WINDROW_LOG_PLUGINS"), Level.OFF));
        for (String known : KNOWN) {
            context.getLogger(known).setLevel(Level.toLevel(System.getenv("WINDROW_LOG"), Level.ERROR));
        }
        context.getLogger(SAID).setLevel(Level.INFO);
        root.addAppender(appender);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context) {
        if (isJson()) {
            JsonEncoder json = new JsonEncoder();
            json.setContext(context);
            json.setWithMessage(false);
            json.setWithArguments(false);
            json.setWithFormattedMessage(true);
            json.start();
            return json;
        }
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level [%X{pipeline:--}/%X{run:--}/%X{stream:--}/%X{epoch:--}] %logger{1}: %msg%n%ex");
        text.start();
        return text;
    }
}
