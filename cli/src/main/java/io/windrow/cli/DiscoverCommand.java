package io.windrow.cli;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.StreamDescription;
import io.windrow.core.plan.Plan;
import io.windrow.core.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Lists the streams of a source. */
@Command(name = "discover", description = "List the source's streams: keys, modes, cursors, estimated size. Leaves no trace.")
final class DiscoverCommand implements Callable<Integer> {
    @ParentCommand Windrow windrow;

    @Mixin Target target;

    @Option(names = "--columns", description = "List the columns too.")
    boolean columns;

    @Option(
            names = "--pii",
            description = "Look for personal data in the first rows of each selected stream and propose a mask section. Shows counts, never values.")
    boolean personalData;

    @Option(names = "--rows", paramLabel = "N", defaultValue = "1000", description = "With --pii: how many rows of each stream (1000).")
    int rows;

    @Option(names = "--region", paramLabel = "CC", description = "With --pii: the country of phone numbers without a country code, such as DE.")
    @Nullable String region;

    @Override
    public Integer call() {
        Plan plan = target.plan(Registry.load());
        List<StreamDescription> streams;
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(windrow.screen()));
                Source source = plan.openSource(context)) {
            if (personalData) {
                try (Sink sink = plan.openSink(context)) {
                    return scan(new PersonalDataScan(
                            plan, source, sink, target.chosen(plan, source.selected()), rows, Optional.ofNullable(region)));
                }
            }
            streams = chosen(plan, source);
        }
        if (windrow.json) {
            return windrow.print(
                    Json.object("streams", streams.stream().map(DiscoverCommand::json).toList()), ExitCode.OK);
        }
        print(windrow.screen(), streams);
        return ExitCode.OK.value();
    }

    private List<StreamDescription> chosen(Plan plan, Source source) {
        if (target.streams.isEmpty()) {
            return source.discover();
        }
        Set<StreamName> chosen = target.chosen(plan, source.selected()).keySet();
        return source.discover().stream()
                .filter(stream -> chosen.contains(stream.schema().stream()))
                .toList();
    }

    private int scan(PersonalDataScan scan) {
        if (windrow.json) {
            return windrow.print(Json.object("streams", scan.json(), "proposal", scan.proposal().yaml(), "unhidden", scan.proposal().unhidden()), ExitCode.OK);
        }
        scan.print(windrow.screen());
        return ExitCode.OK.value();
    }

    private void print(Screen screen, List<StreamDescription> streams) {
        Table table = Table.of("stream", "kind", "key", "modes", "cursors", ">rows", ">size");
        for (StreamDescription stream : streams) {
            table.row(
                    stream.schema().stream(),
                    stream.kind(),
                    stream.schema().key().isEmpty() ? "-" : String.join(", ", stream.schema().key()),
                    stream.isReadable() ? modes(stream) : "-",
                    stream.cursors().isEmpty() ? "-" : String.join(", ", stream.cursors()),
                    stream.estimatedRows() < 0 ? "?" : "~" + Screen.number(stream.estimatedRows()),
                    stream.estimatedBytes() < 0 ? "?" : "~" + Screen.bytes(stream.estimatedBytes()));
        }
        table.print(screen, "cursors", "modes");
        for (StreamDescription stream : streams) {
            stream.remarks().forEach(remark -> screen.line("note   " + stream.schema().stream() + ": " + remark));
            if (columns) {
                screen.line("");
                screen.line(screen.styled(Screen.Style.STRONG, stream.schema().stream().toString()));
                Table list = Table.of("column", "type", "arrives as", "null");
                for (Column column : stream.schema().columns()) {
                    list.row(column.name(), column.sourceType(), column.type(), column.nullable() ? "yes" : "no");
                }
                list.print(screen);
            }
        }
        screen.line("");
        screen.line(streams.size() + (streams.size() == 1 ? " stream" : " streams"));
    }

    static String modes(StreamDescription stream) {
        List<String> modes = new ArrayList<>();
        for (ReadMode mode : ReadMode.values()) {
            if (stream.modes().contains(mode)) {
                modes.add(mode.name().toLowerCase(Locale.ROOT));
            }
        }
        return String.join(", ", modes);
    }

    private static Map<String, Object> json(StreamDescription stream) {
        List<Object> columns = new ArrayList<>();
        for (Column column : stream.schema().columns()) {
            columns.add(Json.object(
                    "name", column.name(), "source_type", column.sourceType(), "type", column.type().toString(),
                    "nullable", column.nullable()));
        }
        return Json.object(
                "stream", stream.schema().stream().toString(),
                "namespace", stream.schema().stream().namespace(),
                "name", stream.schema().stream().name(),
                "kind", stream.kind(),
                "key", stream.schema().key(),
                "modes", stream.modes().stream().sorted().toList(),
                "cursors", stream.cursors(),
                "estimated_rows", Json.known(stream.estimatedRows()),
                "estimated_bytes", Json.known(stream.estimatedBytes()),
                "remarks", stream.remarks(),
                "columns", columns);
    }
}
