package io.windrow.core.telemetry;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can be wrong with telemetry. All of it shows before the run starts; later trouble never touches the run. */
public enum TelemetryError implements ErrorCode {
    /** An address that is none. */
    BAD_ADDRESS(
            "telemetry.bad_address",
            ErrorKind.USER,
            "The address for metrics is no port and no host with a port.",
            "Give --metrics-port a number from 0 to 65535, or HOST:PORT. 0 takes any free port and prints it."),
    /** The port is taken. */
    PORT_IN_USE(
            "telemetry.port_in_use",
            ErrorKind.USER,
            "The address for metrics cannot be listened on.",
            "Give --metrics-port another port, or 0 for any free one."),
    /** The OTEL variables make no sense. */
    NOT_CONFIGURED(
            "telemetry.not_configured",
            ErrorKind.USER,
            "The OTEL_* variables ask for something that is not there.",
            "Use the exporters otlp or none, the protocol http/protobuf, and --metrics-port for Prometheus.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    TelemetryError(String code, ErrorKind kind, String meaning, String remedy) {
        this.code = code;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public ErrorKind kind() {
        return kind;
    }

    @Override
    public String meaning() {
        return meaning;
    }

    @Override
    public String remedy() {
        return remedy;
    }
}
