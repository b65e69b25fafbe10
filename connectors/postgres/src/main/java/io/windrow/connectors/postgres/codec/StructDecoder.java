package io.windrow.connectors.postgres.codec;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;

/** Validity and one decoder per field; the fields' indexes are the struct's. */
abstract class StructDecoder extends ValueDecoder {
    private final ValueDecoder[] fields;
    private final int fixedBytes;

    StructDecoder(BufferAllocator allocator, ColumnGuard guard, ValueDecoder... fields) {
        super(allocator, guard);
        this.fields = fields;
        int bytes = 0;
        for (ValueDecoder field : fields) {
            bytes += field.fixedBytes();
        }
        this.fixedBytes = bytes;
    }

    @Override
    final void grow(int rows) {
        for (ValueDecoder field : fields) {
            field.reserve(rows);
        }
    }

    @Override
    final void nullAt(int index) {
        clear(index);
        nullFields(index);
    }

    /** Fills the fields under a null struct. */
    void nullFields(int index) {
        for (ValueDecoder field : fields) {
            field.nullAt(index);
        }
    }

    @Override
    final int fixedBytes() {
        return fixedBytes;
    }

    @Override
    final void emitValues(int count, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
        for (ValueDecoder field : fields) {
            field.emit(count, nodes, buffers);
        }
    }

    @Override
    final void release() {
        super.release();
        for (ValueDecoder field : fields) {
            field.release();
        }
    }

    /** A composite: int32 count of fields, then per field int32 type oid, int32 length and the bytes. */
    static final class Composite extends StructDecoder {
        private final ValueDecoder[] fields;
        private final int[] oids;

        Composite(BufferAllocator allocator, ColumnGuard guard, ValueDecoder[] fields, int[] oids) {
            super(allocator, guard, fields);
            this.fields = fields;
            this.oids = oids;
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            int end = offset + length;
            if (length < 4 || intAt(source, offset) != fields.length) {
                throw guard.malformed("a composite of another count of fields than " + fields.length);
            }
            int at = offset + 4;
            for (int i = 0; i < fields.length; i++) {
                if (end - at < 8) {
                    throw guard.malformed("a composite that ends in the middle of field " + (i + 1));
                }
                if (intAt(source, at) != oids[i]) {
                    throw guard.malformed("field " + (i + 1) + " of a composite has the type with oid "
                            + (intAt(source, at) & 0xFFFF_FFFFL) + ", not " + (oids[i] & 0xFFFF_FFFFL));
                }
                int size = intAt(source, at + 4);
                at += 8;
                if (size < 0) {
                    fields[i].nullAt(index);
                    continue;
                }
                if (size > end - at) {
                    throw guard.malformed("a composite that ends in the middle of field " + (i + 1));
                }
                fields[i].value(index, source, at, size);
                at += size;
            }
            if (at != end) {
                throw guard.malformed("a composite with bytes behind its last field");
            }
        }
    }

    /** A range: flags, then the bounds that exist. Struct of lower, upper, lower_inclusive, upper_inclusive, empty. */
    static final class Range extends StructDecoder {
        private static final int EMPTY = 0x01;
        private static final int LOWER_INCLUSIVE = 0x02;
        private static final int UPPER_INCLUSIVE = 0x04;
        private static final int NO_LOWER = 0x08;
        private static final int NO_UPPER = 0x10;

        private final ValueDecoder lower;
        private final ValueDecoder upper;
        private final NumberDecoders.Bool lowerInclusive;
        private final NumberDecoders.Bool upperInclusive;
        private final NumberDecoders.Bool empty;

        Range(
                BufferAllocator allocator,
                ColumnGuard guard,
                ValueDecoder lower,
                ValueDecoder upper,
                NumberDecoders.Bool lowerInclusive,
                NumberDecoders.Bool upperInclusive,
                NumberDecoders.Bool empty) {
            super(allocator, guard, lower, upper, lowerInclusive, upperInclusive, empty);
            this.lower = lower;
            this.upper = upper;
            this.lowerInclusive = lowerInclusive;
            this.upperInclusive = upperInclusive;
            this.empty = empty;
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            if (length < 1) {
                throw guard.malformed("a range without flags");
            }
            int flags = source[offset];
            int end = offset + length;
            long nulled = guard.nulled();
            int at = bound(lower, index, source, offset + 1, end, (flags & (EMPTY | NO_LOWER)) == 0);
            at = bound(upper, index, source, at, end, (flags & (EMPTY | NO_UPPER)) == 0);
            if (at != end) {
                throw guard.malformed("a range with bytes behind its bounds");
            }
            lowerInclusive.set(index, (flags & LOWER_INCLUSIVE) != 0);
            upperInclusive.set(index, (flags & UPPER_INCLUSIVE) != 0);
            empty.set(index, (flags & EMPTY) != 0);
            if (guard.nulled() != nulled) {
                // A null bound would read as "unbounded", which is another value: the whole range becomes null.
                clear(index);
            }
        }

        private int bound(ValueDecoder bound, int index, byte[] source, int at, int end, boolean present) {
            if (!present) {
                bound.nullAt(index);
                return at;
            }
            int size = end - at < 4 ? -1 : intAt(source, at);
            if (size < 0 || size > end - at - 4) {
                throw guard.malformed("a range that ends in the middle of a bound");
            }
            bound.value(index, source, at + 4, size);
            return at + 4 + size;
        }

        @Override
        void nullFields(int index) {
            // The three flags are not nullable; under a null range they stay false.
            lower.nullAt(index);
            upper.nullAt(index);
        }
    }

    /**
     * An array: int32 dimensions, int32 has-nulls, int32 element oid, per dimension int32 size and int32 lower bound, then
     * the elements behind their int32 lengths (−1 for null), last dimension fastest.
     */
    static final class Array extends StructDecoder {
        private static final int MAX_DIMENSIONS = 6;

        private final ListDecoder dimensions;
        private final ListDecoder lowerBounds;
        private final ListDecoder elements;
        private final NumberDecoders.Int4 size;
        private final NumberDecoders.Int4 lowerBound;
        private final int elementOid;

        Array(
                BufferAllocator allocator,
                ColumnGuard guard,
                NumberDecoders.Int4 size,
                NumberDecoders.Int4 lowerBound,
                ListDecoder[] lists,
                int elementOid) {
            super(allocator, guard, lists);
            this.size = size;
            this.lowerBound = lowerBound;
            this.dimensions = lists[0];
            this.lowerBounds = lists[1];
            this.elements = lists[2];
            this.elementOid = elementOid;
        }

        static Array of(BufferAllocator allocator, ColumnGuard guard, ValueDecoder element, int elementOid) {
            NumberDecoders.Int4 size = new NumberDecoders.Int4(allocator, guard);
            NumberDecoders.Int4 lowerBound = new NumberDecoders.Int4(allocator, guard);
            ListDecoder[] lists = {
                new ListDecoder(allocator, guard, size),
                new ListDecoder(allocator, guard, lowerBound),
                new ListDecoder(allocator, guard, element)
            };
            return new Array(allocator, guard, size, lowerBound, lists, elementOid);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            int count = length < 12 ? -1 : intAt(source, offset);
            if (count < 0 || count > MAX_DIMENSIONS || length < 12 + 8 * count) {
                throw guard.malformed("an array without a proper header");
            }
            if (intAt(source, offset + 8) != elementOid) {
                throw guard.malformed("an array whose elements have the type with oid "
                        + (intAt(source, offset + 8) & 0xFFFF_FFFFL) + ", not " + (elementOid & 0xFFFF_FFFFL));
            }
            int at = offset + 12;
            long total = count == 0 ? 0 : 1;
            for (int d = 0; d < count; d++, at += 8) {
                int items = intAt(source, at);
                size.set(dimensions.next(), items);
                lowerBound.set(lowerBounds.next(), intAt(source, at + 4));
                total *= items;
            }
            int end = offset + length;
            if (total < 0 || total * 4 > end - at) {
                throw guard.malformed("an array that is shorter than its dimensions say");
            }
            ValueDecoder element = elements.element;
            for (long i = 0; i < total; i++) {
                int bytes = end - at < 4 ? Integer.MAX_VALUE : intAt(source, at);
                at += 4;
                int next = elements.next();
                if (bytes < 0) {
                    element.nullAt(next);
                    continue;
                }
                if (bytes > end - at) {
                    throw guard.malformed("an array that ends in the middle of an element");
                }
                element.value(next, source, at, bytes);
                at += bytes;
            }
            if (at != end) {
                throw guard.malformed("an array with bytes behind its last element");
            }
            guard.expanded(total * element.fixedBytes());
            endLists(index);
        }

        private void endLists(int index) {
            dimensions.end(index);
            lowerBounds.end(index);
            elements.end(index);
        }

        @Override
        void nullFields(int index) {
            endLists(index);
        }
    }
}
