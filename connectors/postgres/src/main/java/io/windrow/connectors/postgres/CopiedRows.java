package io.windrow.connectors.postgres;

import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Operation;
import org.apache.arrow.memory.BufferAllocator;

/** What the change columns say of rows that the first copy of a followed table read. */
final class CopiedRows {
    private CopiedRows() {}

    /** Facts of so many rows, as of a place in the log. They have no transaction, no commit time and no order. */
    static ChangeColumns changes(int rows, long consistent, BufferAllocator allocator) {
        ChangeColumns changes = ChangeColumns.empty(allocator);
        boolean done = false;
        try {
            changes.operations().allocateNew(rows);
            changes.ordinals().allocateNew(rows);
            changes.positions().allocateNew(rows);
            changes.commitMicros().allocateNew(rows);
            changes.transactions().allocateNew(rows);
            changes.links().allocateNew(rows);
            for (int row = 0; row < rows; row++) {
                changes.operations().set(row, Operation.INSERT.ordinal());
                changes.ordinals().set(row, 0);
                changes.positions().set(row, consistent);
            }
            changes.rowCount(rows);
            done = true;
            return changes;
        } finally {
            if (!done) {
                changes.close();
            }
        }
    }
}
