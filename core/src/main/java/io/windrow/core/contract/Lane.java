package io.windrow.core.contract;

import io.windrow.api.schema.ColumnType;
import java.util.Optional;
import org.apache.arrow.memory.util.MemoryUtil;

/** How a column's values lie in memory, for types that are whole numbers underneath. */
enum Lane {
    INT8(1),
    UINT8(1),
    INT16(2),
    UINT16(2),
    INT32(4),
    UINT32(4),
    INT64(8),
    UINT64(8);

    final int width;

    Lane(int width) {
        this.width = width;
    }

    static Optional<Lane> of(ColumnType type) {
        return switch (type) {
            case ColumnType.Int t -> Optional.of(switch (t.bits()) {
                case 8 -> t.signed() ? INT8 : UINT8;
                case 16 -> t.signed() ? INT16 : UINT16;
                case 32 -> t.signed() ? INT32 : UINT32;
                default -> t.signed() ? INT64 : UINT64;
            });
            case ColumnType.Date ignored -> Optional.of(INT32);
            case ColumnType.Time ignored -> Optional.of(INT64);
            case ColumnType.Timestamp ignored -> Optional.of(INT64);
            default -> Optional.empty();
        };
    }

    /** The value at an address, such that signed comparison orders the values. */
    long read(long at) {
        return switch (this) {
            case INT8 -> MemoryUtil.getByte(at);
            case UINT8 -> MemoryUtil.getByte(at) & 0xffL;
            case INT16 -> MemoryUtil.getShort(at);
            case UINT16 -> MemoryUtil.getShort(at) & 0xffffL;
            case INT32 -> MemoryUtil.getInt(at);
            case UINT32 -> MemoryUtil.getInt(at) & 0xffff_ffffL;
            case INT64 -> MemoryUtil.getLong(at);
            case UINT64 -> MemoryUtil.getLong(at) ^ Long.MIN_VALUE;
        };
    }

    /** A literal in the order of {@link #read}. */
    long ordered(long literal) {
        return this == UINT64 ? literal ^ Long.MIN_VALUE : literal;
    }

    /** The smallest value that {@link #read} can give. */
    long least() {
        return this == UINT64 || this == INT64 ? Long.MIN_VALUE : this == UINT8 || this == UINT16 || this == UINT32 ? 0 : -(1L << width * 8 - 1);
    }

    /** The largest value that {@link #read} can give. */
    long greatest() {
        return switch (this) {
            case INT8, INT16, INT32 -> (1L << width * 8 - 1) - 1;
            case UINT8, UINT16, UINT32 -> (1L << width * 8) - 1;
            case INT64, UINT64 -> Long.MAX_VALUE;
        };
    }
}
