package io.windrow.benchmarks.governed;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.ReadMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One table of a generated source: a log of rows that only grows, and the columns that it has now. The test changes it
 * between runs; readers only look.
 */
final class Table {
    final StreamName stream;
    final ReadMode mode;
    /** The columns now; the first is the row's number, which is never dropped, masked or null. */
    List<Column> columns = new ArrayList<>();
    List<String> key = List.of();
    /** The highest id that a column has or had; none is given twice. */
    int lastId = 1;
    /** Every row, oldest first: values by column id, as they were inserted. */
    final List<Map<Integer, Object>> log = new ArrayList<>();
    /** Places in the log whose bytes no decoder can read. */
    final Set<Integer> undecodable = new HashSet<>();
    /** Ids of the columns that a mask hides, so that their values hold a canary. */
    final Set<Integer> secret = new HashSet<>();
    int batchRows = 10;
    int splitRows = 30;
    /** Whether a column that no policy lets through holds what nobody may see, so that its schema is never accepted. */
    boolean tainted;
    /** The place in the log at which the next reader throws, once; −1: none does. */
    volatile int failsAt = -1;
    /** Whether the next plan of an unfinished snapshot says that it cannot be gone on with. */
    volatile boolean lost;
    /** The first row that the last plan found not to be committed; meaningful when one worker reads. */
    volatile int resumed;

    Table(StreamName stream, ReadMode mode) {
        this.stream = stream;
        this.mode = mode;
    }

    StreamSchema schema() {
        return new StreamSchema(stream, 1, columns, key);
    }
}
