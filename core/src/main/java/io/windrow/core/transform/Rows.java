package io.windrow.core.transform;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.ChangeColumns;
import io.windrow.api.batch.Operation;
import io.windrow.api.batch.Rejected;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Picks rows by their indexes, column by column, into new vectors of the same allocators. What is picked from stays the
 * caller's.
 */
public final class Rows {
    private Rows() {}

    /** The books entry of rows that a step dropped or set aside. */
    @FunctionalInterface
    public interface Entry {
        /** Books that hold nothing but so many rows of the step's kind. */
        Account of(long rows);
    }

    /**
     * The batch with only the kept rows; the others are counted. The batch given is spent.
     *
     * @param kept indexes in ascending order
     * @param count how many of {@code kept} count
     * @param entry where the dropped rows stand in the books
     */
    public static Batch keep(Batch batch, int[] kept, int count, Entry entry) {
        int dropped = batch.rowCount() - count;
        if (dropped == 0) {
            return batch;
        }
        try (batch) {
            Batch.Parts old = batch.release();
            try {
                VectorSchemaRoot rows = pick(old.rows(), kept, count);
                ChangeColumns changes = old.changes() == null ? null : pick(old.changes(), kept, count);
                return old.withRows(old.schema(), rows, changes).withAccount(old.account().plus(entry.of(dropped))).batch();
            } finally {
                old.rows().close();
                if (old.changes() != null) {
                    old.changes().close();
                }
            }
        }
    }

    /**
     * The batch with the bad rows set aside and counted as quarantined. The batch given is spent.
     *
     * @param kept indexes of the good rows in ascending order
     * @param count how many of {@code kept} count
     * @param bad indexes of the bad rows in ascending order, one for each reason
     * @param reasons why
     */
    public static Batch setAside(Batch batch, int[] kept, int count, int[] bad, List<Rejected.Reason> reasons) {
        List<Operation> operations = batch.changes()
                .map(changes -> Arrays.stream(bad, 0, reasons.size())
                        .mapToObj(row -> Operation.values()[changes.operations().get(row)])
                        .toList())
                .orElse(List.of());
        Rejected aside = new Rejected(
                batch.schema(), pick(batch.arrow(), bad, reasons.size()), reasons, Set.of(), operations, Rejected.Place.SHOWN);
        Batch good;
        try {
            good = keep(batch, kept, count, Rows::quarantined);
        } catch (RuntimeException e) {
            aside.close();
            throw e;
        }
        Batch.Parts parts = good.release();
        List<Rejected> all = new ArrayList<>(parts.rejected());
        all.add(aside);
        return parts.withRejected(all).batch();
    }

    /** Books of rows set aside. */
    public static Account quarantined(long rows) {
        return new Account(0, 0, 0, 0, rows, 0, 0, 0, 0, 0, 0);
    }

    /** The picked rows of all columns. */
    public static VectorSchemaRoot pick(VectorSchemaRoot rows, int[] indexes, int count) {
        List<FieldVector> vectors = new ArrayList<>(rows.getFieldVectors().size());
        try {
            for (FieldVector vector : rows.getFieldVectors()) {
                vectors.add(pick(vector, indexes, count));
            }
            return new VectorSchemaRoot(rows.getSchema().getFields(), vectors, count);
        } catch (RuntimeException e) {
            vectors.forEach(FieldVector::close);
            throw e;
        }
    }

    private static ChangeColumns pick(ChangeColumns changes, int[] indexes, int count) {
        Map<Integer, TinyIntVector> presence = new HashMap<>();
        changes.presence().forEach((id, vector) -> presence.put(id, (TinyIntVector) pick(vector, indexes, count)));
        return new ChangeColumns(
                (TinyIntVector) pick(changes.operations(), indexes, count),
                (BigIntVector) pick(changes.ordinals(), indexes, count),
                (BigIntVector) pick(changes.commitMicros(), indexes, count),
                (BigIntVector) pick(changes.transactions(), indexes, count),
                (BigIntVector) pick(changes.positions(), indexes, count),
                (BigIntVector) pick(changes.links(), indexes, count),
                presence,
                changes.before().map(before -> pick(before, indexes, count)));
    }

    /** The picked rows of one column; the caller owns the new vector. */
    public static FieldVector pick(FieldVector from, int[] indexes, int count) {
        BufferAllocator allocator = from.getAllocator();
        FieldVector to = from.getField().createVector(allocator);
        try {
            if (from instanceof BaseFixedWidthVector fixed && !(from instanceof BitVector)) {
                fixed(fixed, (BaseFixedWidthVector) to, indexes, count);
            } else if (from instanceof BaseVariableWidthVector variable) {
                variable(variable, (BaseVariableWidthVector) to, indexes, count);
            } else {
                to.setInitialCapacity(count);
                to.allocateNew();
                for (int at = 0; at < count; at++) {
                    to.copyFromSafe(indexes[at], at, from);
                }
            }
            to.setValueCount(count);
            return to;
        } catch (RuntimeException e) {
            to.close();
            throw e;
        }
    }

    private static void fixed(BaseFixedWidthVector from, BaseFixedWidthVector to, int[] indexes, int count) {
        to.allocateNew(count);
        validity(from, to, indexes, count);
        int width = from.getTypeWidth();
        long source = from.getDataBuffer().memoryAddress();
        long target = to.getDataBuffer().memoryAddress();
        switch (width) {
            case 4 -> {
                for (int at = 0; at < count; at++) {
                    MemoryUtil.putInt(target + 4L * at, MemoryUtil.getInt(source + 4L * indexes[at]));
                }
            }
            case 8 -> {
                for (int at = 0; at < count; at++) {
                    MemoryUtil.putLong(target + 8L * at, MemoryUtil.getLong(source + 8L * indexes[at]));
                }
            }
            default -> {
                for (int at = 0; at < count; at++) {
                    MemoryUtil.copyMemory(source + (long) width * indexes[at], target + (long) width * at, width);
                }
            }
        }
    }

    private static void variable(BaseVariableWidthVector from, BaseVariableWidthVector to, int[] indexes, int count) {
        ArrowBuf offsets = from.getOffsetBuffer();
        long bytes = 0;
        for (int at = 0; at < count; at++) {
            bytes += offsets.getInt(4L * (indexes[at] + 1)) - offsets.getInt(4L * indexes[at]);
        }
        to.allocateNew(bytes, count);
        validity(from, to, indexes, count);
        long source = from.getDataBuffer().memoryAddress();
        long target = to.getDataBuffer().memoryAddress();
        ArrowBuf ends = to.getOffsetBuffer();
        int end = 0;
        ends.setInt(0, 0);
        for (int at = 0; at < count; at++) {
            int start = offsets.getInt(4L * indexes[at]);
            int length = offsets.getInt(4L * (indexes[at] + 1)) - start;
            MemoryUtil.copyMemory(source + start, target + end, length);
            end += length;
            ends.setInt(4L * (at + 1), end);
        }
        to.setLastSet(count - 1);
    }

    private static void validity(FieldVector from, FieldVector to, int[] indexes, int count) {
        ArrowBuf source = from.getValidityBuffer();
        ArrowBuf target = to.getValidityBuffer();
        if (from.getNullCount() == 0) {
            for (int at = 0; at < count; at++) {
                BitVectorHelper.setBit(target, at);
            }
            return;
        }
        for (int at = 0; at < count; at++) {
            if (BitVectorHelper.get(source, indexes[at]) == 1) {
                BitVectorHelper.setBit(target, at);
            }
        }
    }
}
