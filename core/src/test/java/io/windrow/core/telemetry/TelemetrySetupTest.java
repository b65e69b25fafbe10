package io.windrow.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.core.observe.Meter;
import io.windrow.core.observe.Meters;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TelemetrySetupTest {
    private static Telemetry open(Map<String, String> environment, Optional<String> address) {
        return Telemetry.open("p", environment, address, Clock.systemUTC());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "65536", "99999999", "localhost:", ":80", "http://localhost:80"})
    void anAddressThatIsNoneIsRefusedAndTheOptionNamed(String address) {
        assertThatThrownBy(() -> open(Map.of(), Optional.of(address)))
                .isInstanceOfSatisfying(WindrowException.class, e -> {
                    assertThat(e.errorCode()).isEqualTo(TelemetryError.BAD_ADDRESS);
                    assertThat(e.getMessage()).contains("--metrics-port");
                });
    }

    @Test
    void aPortListensOnThisMachineOnlyAndAHostCanBeNamed() {
        try (Telemetry telemetry = open(Map.of(), Optional.of("0"))) {
            assertThat(telemetry.metrics().orElseThrow().getHost()).isEqualTo("127.0.0.1");
        }
        try (Telemetry telemetry = open(Map.of(), Optional.of("0.0.0.0:0"))) {
            assertThat(telemetry.metrics().orElseThrow().getHost()).isEqualTo("0.0.0.0");
        }
    }

    @Test
    @Tag("H01")
    void variablesThatAskForWhatIsNotThereAreRefusedWithoutTheirSecrets() {
        Map<String, Map<String, String>> cases = Map.of(
                "grpc", Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:1", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
                "exporter", Map.of("OTEL_TRACES_EXPORTER", "zipkin"),
                "headers", Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:1", "OTEL_EXPORTER_OTLP_HEADERS", "S3CRET"));
        cases.forEach((name, environment) -> assertThatThrownBy(() -> open(environment, Optional.empty()))
                .as(name)
                .isInstanceOfSatisfying(WindrowException.class, e -> {
                    assertThat(e.errorCode()).isEqualTo(TelemetryError.NOT_CONFIGURED);
                    assertThat(e.getMessage()).doesNotContain("S3CRET");
                    assertThat(e.getCause()).isNull();
                }));
    }

    @Test
    void thePageOfPrometheusHoldsEveryShapeWithEscapedLabels() {
        Instant now = Instant.parse("2026-01-01T00:00:10Z");
        PrometheusText page = new PrometheusText(Clock.fixed(now, ZoneOffset.UTC));
        Meters.Labels labels = new Meters.Labels("p", "a\"b\\c\nd", "");
        page.add(Meter.ROWS_READ, labels, 2);
        page.add(Meter.ROWS_READ, labels, 3);
        page.add(Meter.ERRORS, new Meters.Labels("p", "", "bug"), 1);
        page.took(Meter.COMMIT_DURATION, labels, Duration.ofMillis(20));
        page.since(Meter.LAG, labels, now.minusSeconds(4));
        page.is(Meter.LOG_RETAINED, new Meters.Labels("p", "", ""), 9);
        page.is(Meter.LOG_RETAINED, new Meters.Labels("p", "", ""), 7);
        assertThat(page.render().lines())
                .contains(
                        "# TYPE windrow_rows_read_total counter",
                        "windrow_rows_read_total{pipeline=\"p\",stream=\"a\\\"b\\\\c\\nd\"} 5",
                        "# TYPE windrow_log_retained_bytes gauge",
                        "windrow_log_retained_bytes{pipeline=\"p\"} 7",
                        "windrow_errors_total{pipeline=\"p\",kind=\"bug\"} 1",
                        "windrow_commit_duration_seconds_bucket{pipeline=\"p\",stream=\"a\\\"b\\\\c\\nd\",le=\"0.01\"} 0",
                        "windrow_commit_duration_seconds_bucket{pipeline=\"p\",stream=\"a\\\"b\\\\c\\nd\",le=\"0.025\"} 1",
                        "windrow_commit_duration_seconds_count{pipeline=\"p\",stream=\"a\\\"b\\\\c\\nd\"} 1",
                        "windrow_lag_seconds{pipeline=\"p\",stream=\"a\\\"b\\\\c\\nd\"} 4.0");
    }

    @Test
    void namesFollowTheConventionsAndAreUnique() {
        assertThat(Arrays.stream(Meter.values()).map(Meter::exported)).doesNotHaveDuplicates().allMatch(name -> name.matches("windrow(\\.[a-z]+)+"));
        assertThat(Arrays.stream(Meter.values()).map(Meter::prometheus)).allMatch(name -> name.matches("windrow(_[a-z]+)+"));
        assertThat(Arrays.stream(Attribute.values()).map(Attribute::exported)).doesNotHaveDuplicates().allMatch(name -> name.startsWith("windrow."));
    }
}
