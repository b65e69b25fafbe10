package io.windrow.cli;

import io.windrow.api.batch.Batch;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.core.plan.Plan;
import io.windrow.core.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.concurrent.Callable;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Shows the first rows of each stream as a run would deliver them. */
@Command(name = "preview", description = "Show the first rows as a run would deliver them. Writes nothing, moves no state.")
final class PreviewCommand implements Callable<Integer> {
    private static final int CELL = 40;

    @ParentCommand Windrow windrow;

    @Mixin Target target;

    @Option(names = "--rows", paramLabel = "N", defaultValue = "10", description = "How many rows of each stream (10).")
    int rows;

    @Override
    public Integer call() {
        Plan plan = target.plan(Registry.load());
        List<Object> json = new ArrayList<>();
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(windrow.screen()));
                Source source = plan.openSource(context)) {
            Map<StreamName, ReadMode> selected = source.selected();
            for (Map.Entry<StreamName, ReadMode> stream : target.chosen(plan, selected).entrySet()) {
                Sample sample = sample(source, plan, stream.getKey(), stream.getValue());
                if (windrow.json) {
                    json.add(sample.json(stream.getKey()));
                } else {
                    sample.print(windrow.screen(), stream.getKey());
                }
            }
        }
        return windrow.json ? windrow.print(Json.object("streams", json), ExitCode.OK) : ExitCode.OK.value();
    }

    private Sample sample(Source source, Plan plan, StreamName stream, ReadMode mode) {
        Sample sample = new Sample();
        new RowSample(
                        source, plan.steps().repeatable(), plan.schemas().gate(Stores.acceptedSchemas(plan.spec())), rows)
                .read(stream, mode, sample);
        return sample;
    }

    /** Some rows as text. */
    private static final class Sample implements RowSample.Taker {
        private final List<Column> columns = new ArrayList<>();
        private final List<List<@Nullable String>> rows = new ArrayList<>();

        @Override
        public void schema(StreamSchema schema) {
            columns.addAll(schema.columns());
        }

        @Override
        public void rows(Batch batch, int count) {
            List<FieldVector> vectors = batch.arrow().getFieldVectors();
            List<IntFunction<@Nullable String>> texts = new ArrayList<>();
            for (int i = 0; i < vectors.size(); i++) {
                texts.add(CellText.of(batch.schema().columns().get(i), vectors.get(i)));
            }
            for (int row = 0; row < count; row++) {
                List<@Nullable String> cells = new ArrayList<>();
                for (IntFunction<@Nullable String> text : texts) {
                    cells.add(text.apply(row));
                }
                rows.add(cells);
            }
        }

        Map<String, Object> json(StreamName stream) {
            List<Object> list = new ArrayList<>();
            for (List<@Nullable String> row : rows) {
                Map<String, @Nullable Object> object = new java.util.LinkedHashMap<>();
                for (int i = 0; i < columns.size(); i++) {
                    object.put(columns.get(i).name(), row.get(i));
                }
                list.add(object);
            }
            return Json.object("stream", stream.toString(), "rows", list);
        }

        void print(Screen screen, StreamName stream) {
            screen.line(screen.styled(Screen.Style.STRONG, stream.toString()) + "  " + rows.size() + " rows, "
                    + columns.size() + " columns");
            List<String> heads = new ArrayList<>();
            columns.forEach(column -> heads.add(CellText.shown(column.name(), CELL)));
            Table table = Table.of(heads.toArray(String[]::new));
            for (List<@Nullable String> row : rows) {
                table.row(row.stream().map(cell -> cell == null ? "∅" : CellText.shown(cell, CELL)).toArray());
            }
            table.print(screen);
            screen.line("");
        }
    }
}
