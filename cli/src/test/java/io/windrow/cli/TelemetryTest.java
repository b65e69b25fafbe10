package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.trace.v1.Span;
import io.windrow.testkit.crash.ChildJvm;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.telemetry.OtlpReceiver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs, OpenTelemetry and Prometheus of real runs. */
@Tag("server")
class TelemetryTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern HUMAN =
            Pattern.compile("\\S+Z (?:DEBUG|INFO|WARN|ERROR) +\\[([^/]*)/([^/]*)/([^/]*)/([^\\]]*)\\] i\\.w\\S+: (.*)");
    private static final String IN_EPOCH = "(Read |Staged |Committed |The target answers ).*";

    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @BeforeAll
    static void fill() {
        DATABASE.execute(
                "CREATE TABLE hay (id int PRIMARY KEY, secret_word text)",
                "INSERT INTO hay SELECT i, 'needle' || i FROM generate_series(1, 3000) i",
                "CREATE TABLE straw (id int PRIMARY KEY)",
                "INSERT INTO straw SELECT generate_series(1, 500)");
    }

    private Path pipeline(String run) throws IOException {
        return Files.writeString(folder.resolve("p.yaml"), """
                pipeline: farm
                source:
                  postgres:
                    url: '%s'
                    batch_rows: 100
                    streams:
                      - {table: public.hay, mode: snapshot}
                      - {table: public.straw, mode: snapshot}
                sink:
                  files: {path: ./out, format: jsonl}
                run: {%s}
                """.formatted(DATABASE.url(), run));
    }

    private static ChildJvm windrow(Map<String, String> environment, String... arguments) {
        return ChildJvm.start(Main.class.getName(), List.of(arguments), environment);
    }

    @Test
    void spansAndMetersOfARunArriveByOtlpWithTheirParents() throws Exception {
        Path file = pipeline("epoch_rows: 1000");
        try (OtlpReceiver receiver = OtlpReceiver.start(OtlpReceiver.Answer.ACCEPT);
                ChildJvm run = windrow(
                        Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint(), "OTEL_RESOURCE_ATTRIBUTES", "team=barn"),
                        "run", file.toString())) {
            assertThat(run.awaitEnd(PATIENCE)).as(run.output()).isZero();
            spans(receiver.spans());
            meters(receiver.metrics());
            assertThat(receiver.resources()).isNotEmpty().allSatisfy(resource ->
                    assertThat(resource).containsEntry("service.name", "windrow").containsEntry("team", "barn"));
            assertThat(receiver.spans().toString() + receiver.metrics()).doesNotContain("needle");
        }
    }

    private static void spans(List<Span> spans) {
        Map<String, List<Span>> byName = spans.stream().collect(Collectors.groupingBy(Span::getName));
        assertThat(byName).containsOnlyKeys(
                "windrow.run", "windrow.stream", "windrow.epoch", "windrow.split.read", "windrow.commit");
        Span run = byName.get("windrow.run").getFirst();
        assertThat(byName.get("windrow.run")).hasSize(1);
        assertThat(run.getParentSpanId().isEmpty()).isTrue();
        assertThat(OtlpReceiver.text(run.getAttributesList()))
                .containsEntry("windrow.pipeline", "farm").containsEntry("windrow.outcome", "completed").containsKey("windrow.run");
        assertThat(spans).allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(run.getTraceId()));
        within(byName, "windrow.stream", "windrow.run");
        within(byName, "windrow.epoch", "windrow.stream");
        within(byName, "windrow.split.read", "windrow.epoch");
        within(byName, "windrow.commit", "windrow.epoch");
        assertThat(byName.get("windrow.stream")).hasSize(2);
        assertThat(rows(byName.get("windrow.stream"))).isEqualTo(3_500);
        assertThat(rows(byName.get("windrow.epoch"))).isEqualTo(3_500);
        assertThat(rows(byName.get("windrow.split.read"))).isEqualTo(3_500);
        assertThat(byName.get("windrow.epoch")).hasSizeGreaterThan(2).allSatisfy(span ->
                assertThat(OtlpReceiver.text(span.getAttributesList()))
                        .containsKeys("windrow.stream", "windrow.epoch", "windrow.generation", "windrow.bytes")
                        .containsEntry("windrow.outcome", "committed"));
        assertThat(byName.get("windrow.split.read")).allSatisfy(span ->
                assertThat(OtlpReceiver.text(span.getAttributesList())).containsKeys("windrow.split", "windrow.outcome"));
        for (String each : List.of("windrow.split.read", "windrow.epoch", "windrow.commit")) {
            assertThat(byName.get(each)).as(each).anySatisfy(span ->
                    assertThat(OtlpReceiver.text(span.getAttributesList())).containsKey("windrow.position.to"));
        }
    }

    private static void within(Map<String, List<Span>> byName, String inner, String outer) {
        Map<com.google.protobuf.ByteString, Span> outers =
                byName.get(outer).stream().collect(Collectors.toMap(Span::getSpanId, span -> span));
        assertThat(byName.get(inner)).allSatisfy(span -> {
            assertThat(outers).containsKey(span.getParentSpanId());
            Map<String, String> own = OtlpReceiver.text(span.getAttributesList());
            Map<String, String> parents = OtlpReceiver.text(outers.get(span.getParentSpanId()).getAttributesList());
            for (String shared : List.of("windrow.stream", "windrow.epoch")) {
                if (parents.containsKey(shared)) {
                    assertThat(own).containsEntry(shared, parents.get(shared));
                }
            }
        });
    }

    private static long rows(List<Span> spans) {
        return spans.stream()
                .mapToLong(span -> Long.parseLong(OtlpReceiver.text(span.getAttributesList()).get("windrow.rows")))
                .sum();
    }

    private static void meters(List<Metric> metrics) {
        Map<String, Metric> last = new HashMap<>();
        metrics.forEach(metric -> last.put(metric.getName(), metric));
        assertThat(last).containsKeys(
                "windrow.rows.read", "windrow.bytes.read", "windrow.rows.written", "windrow.bytes.written", "windrow.epochs",
                "windrow.commit.duration", "windrow.lag");
        assertThat(sum(last.get("windrow.rows.read"), "public.hay")).isEqualTo(3_000);
        assertThat(sum(last.get("windrow.rows.written"), "public.straw")).isEqualTo(500);
        assertThat(last.get("windrow.bytes.read").getUnit()).isEqualTo("By");
        assertThat(last.get("windrow.commit.duration").getHistogram().getDataPointsList())
                .isNotEmpty().allSatisfy(point -> assertThat(point.getCount()).isPositive());
        assertThat(last.get("windrow.lag").getGauge().getDataPointsList()).hasSize(2);
    }

    private static long sum(Metric metric, String stream) {
        return metric.getSum().getDataPointsList().stream()
                .filter(point -> stream.equals(OtlpReceiver.text(point.getAttributesList()).get("windrow.stream")))
                .mapToLong(NumberDataPoint::getAsInt)
                .sum();
    }

    @Test
    void anExporterThatHangsOrIsDownNeitherFailsNorHoldsTheRun() throws Exception {
        int nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
        Path file = pipeline("epoch_rows: 1000");
        try (OtlpReceiver hanging = OtlpReceiver.start(OtlpReceiver.Answer.HANG)) {
            for (String endpoint : List.of(hanging.endpoint(), "http://127.0.0.1:" + nobody)) {
                try (ChildJvm run = windrow(
                        Map.of(
                                "OTEL_EXPORTER_OTLP_ENDPOINT", endpoint,
                                "OTEL_EXPORTER_OTLP_TIMEOUT", "3600000",
                                "OTEL_BSP_EXPORT_TIMEOUT", "3600000",
                                "OTEL_BSP_SCHEDULE_DELAY", "10",
                                "OTEL_METRIC_EXPORT_INTERVAL", "50"),
                        "run", file.toString())) {
                    // The receiver answers nobody until it is closed: what ends, ends without its answer.
                    assertThat(run.awaitEnd(PATIENCE)).as(run.output()).isZero();
                    assertThat(run.output()).contains("3,000").doesNotContain("io.opentelemetry");
                }
            }
            assertThat(hanging.spans()).isEmpty();
        }
    }

    @Test
    void nothingOfOpenTelemetryIsLoadedUnlessAVariableAsksForIt() throws Exception {
        Path file = pipeline("");
        Path loaded = folder.resolve("classes.txt");
        String log = "-Xlog:class+load=info:file=" + loaded + "::filecount=0";
        try (ChildJvm run = windrow(
                Map.of("JAVA_TOOL_OPTIONS", log, "OTEL_SERVICE_NAME", "farm"), "run", file.toString())) {
            assertThat(run.awaitEnd(PATIENCE)).as(run.output()).isZero();
        }
        assertThat(Files.readString(loaded)).contains("io.windrow.core.telemetry.Telemetry ").doesNotContain("io.opentelemetry");
        try (OtlpReceiver receiver = OtlpReceiver.start(OtlpReceiver.Answer.ACCEPT);
                ChildJvm run = windrow(
                        Map.of("JAVA_TOOL_OPTIONS", log, "OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint()), "run", file.toString())) {
            assertThat(run.awaitEnd(PATIENCE)).as(run.output()).isZero();
        }
        assertThat(Files.readString(loaded)).as("the test can fail").contains("io.opentelemetry");
    }

    @Test
    void prometheusReadsARunWhileItRuns() throws Exception {
        Path file = pipeline("epoch_rows: 100, max_rows_per_second: 250");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        CompletableFuture<Integer> run = CompletableFuture.supplyAsync(() ->
                Main.run(new Screen(stream, stream, false, false, 160), "run", file.toString(), "--metrics-port", "0"),
                Thread.ofPlatform().daemon()::start);
        Pattern said = Pattern.compile("metrics at (http://127\\.0\\.0\\.1:\\d+/metrics)");
        URI page = Awaitility.await().atMost(PATIENCE).until(
                () -> said.matcher(bytes.toString(StandardCharsets.UTF_8)).results().map(found -> URI.create(found.group(1))).findFirst(),
                found -> found.isPresent()).orElseThrow();
        Pattern written = Pattern.compile("windrow_rows_written_total\\{[^}]*} [1-9]");
        Pattern read = Pattern.compile("windrow_rows_read_total\\{pipeline=\"farm\",stream=\"public.hay\"} [1-9]");
        String text = Awaitility.await().atMost(PATIENCE).until(
                () -> get(page), now -> written.matcher(now).find() && read.matcher(now).find());
        assertThat(run).as("the page was read in the middle of the run").isNotDone();
        assertThat(get(page.resolve("/healthz"))).isEqualTo("ok\n");
        assertThat(text)
                .contains("# TYPE windrow_rows_read_total counter\n")
                .contains("# TYPE windrow_commit_duration_seconds histogram\n")
                .as("the first of each can be told from none").contains(
                        "windrow_errors_total{pipeline=\"farm\",stream=\"public.hay\",kind=\"data\"} 0",
                        "windrow_retries_total{pipeline=\"farm\",stream=\"public.hay\"} 0")
                .containsPattern("windrow_rows_read_total\\{pipeline=\"farm\",stream=\"public.hay\"} [1-9]")
                .containsPattern("windrow_commit_duration_seconds_bucket\\{pipeline=\"farm\",stream=\"public\\.\\w+\",le=\"\\+Inf\"} [1-9]")
                .containsPattern("windrow_lag_seconds\\{pipeline=\"farm\",stream=\"public\\.\\w+\"} [0-9]");
        assertThat(run.get(120, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo(ExitCode.OK.value());
    }

    private static String get(URI page) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(page).timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString()).body();
        }
    }

    @Test
    void aPortThatIsTakenIsRefusedBeforeTheRunStarts() throws Exception {
        Path file = pipeline("");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
            int exit = Main.run(
                    new Screen(stream, stream, false, false, 160), "run", file.toString(), "--metrics-port",
                    Integer.toString(taken.getLocalPort()));
            assertThat(exit).isEqualTo(ExitCode.USER.value());
            assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("telemetry.port_in_use").contains("--metrics-port");
            assertThat(folder.resolve("out")).doesNotExist();
            assertThat(folder.resolve(".windrow")).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void everyLogLineOfAnEpochNamesPipelineRunStreamAndEpoch(String format) throws Exception {
        Path file = pipeline("epoch_rows: 1000");
        List<Map<String, String>> lines = new ArrayList<>();
        try (ChildJvm run = windrow(
                Map.of("WINDROW_LOG", "debug", "WINDROW_LOG_FORMAT", format), "run", file.toString())) {
            assertThat(run.awaitEnd(PATIENCE)).as(run.output()).isZero();
            assertThat(run.output().lines().filter(line -> line.contains("epoch 1 committed")))
                    .as("what people are told, too").isNotEmpty()
                    .allSatisfy(line -> assertThat(line.startsWith("{")).isEqualTo(format.equals("json")));
            for (String line : run.output().lines().toList()) {
                Map<String, String> read = format.equals("json") ? json(line) : human(line);
                if (!read.isEmpty()) {
                    lines.add(read);
                }
            }
        }
        assertThat(lines).isNotEmpty().allSatisfy(line -> assertThat(line).containsEntry("pipeline", "farm").containsKey("run"));
        assertThat(lines).extracting(line -> line.get("run")).doesNotContain("-").containsOnly(lines.getFirst().get("run"));
        for (String kind : List.of("Read ", "Staged ", "Committed ", "The target answers ")) {
            assertThat(lines).as(kind).anySatisfy(line -> assertThat(line.get("message")).startsWith(kind));
        }
        assertThat(lines).filteredOn(line -> line.get("message").matches(IN_EPOCH)).allSatisfy(line -> {
            assertThat(line.get("stream")).isIn("public.hay", "public.straw");
            assertThat(line.get("epoch")).matches("[0-9]+");
        });
    }

    private static Map<String, String> human(String line) {
        Matcher parts = HUMAN.matcher(line);
        return !parts.matches()
                ? Map.of()
                : Map.of("pipeline", parts.group(1), "run", parts.group(2), "stream", parts.group(3), "epoch", parts.group(4),
                        "message", parts.group(5));
    }

    /** The fields of a line, those of its MDC among them; empty if it is not one of ours. */
    private static Map<String, String> json(String line) throws IOException {
        Map<String, String> fields = new HashMap<>();
        if (!line.startsWith("{")) {
            return fields;
        }
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue() && parser.currentName() != null) {
                    fields.put(parser.currentName(), parser.getText());
                }
            }
        }
        if (!fields.getOrDefault("loggerName", "").startsWith("io.windrow.runner")) {
            return Map.of();
        }
        if (!fields.containsKey("formattedMessage")) {
            fields.put("formattedMessage", fields.get("message"));
        }
        fields.put("message", fields.get("formattedMessage"));
        return fields;
    }
}
