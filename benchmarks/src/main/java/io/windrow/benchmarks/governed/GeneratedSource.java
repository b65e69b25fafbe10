package io.windrow.benchmarks.governed;

import io.windrow.api.batch.Position;
import io.windrow.api.context.CheckResult;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamDescription;
import io.windrow.api.source.StreamRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;

/** Generated tables as a source. */
final class GeneratedSource implements Source {
    private final List<Table> tables;
    private final BufferAllocator allocator;

    GeneratedSource(List<Table> tables, BufferAllocator allocator) {
        this.tables = tables;
        this.allocator = allocator;
    }

    @Override
    public List<CheckResult> check() {
        return List.of(CheckResult.ok("memory", "the tables are in this process"));
    }

    @Override
    public List<StreamDescription> discover() {
        return tables.stream()
                .map(table -> new StreamDescription(
                        table.schema(), "table", Set.of(table.mode), List.of(), table.log.size(), -1, List.of()))
                .toList();
    }

    @Override
    public Map<StreamName, ReadMode> selected() {
        Map<StreamName, ReadMode> selected = new LinkedHashMap<>();
        tables.forEach(table -> selected.put(table.stream, table.mode));
        return selected;
    }

    @Override
    public SplitPlanner plan(List<StreamRequest> requests) {
        return new GeneratedPlanner(tables, requests);
    }

    @Override
    public SplitReader open(Split split, Optional<Position> from) {
        Table table = tables.stream().filter(one -> one.stream.equals(split.stream())).findFirst().orElseThrow();
        return new GeneratedReader(table, split, from, allocator);
    }

    @Override
    public void close() {
        // The tables are the test's.
    }
}
