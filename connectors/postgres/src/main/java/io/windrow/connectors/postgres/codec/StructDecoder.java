package io.windrow.connectors.postgres.codec;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;

/** Validity and one decoder per field; the fields' indexes are the struct's. */
abstract class StructDecoder extends ValueDecoder {
    private final ValueDecoder[] fields;
    private final int fixedBytes;
    private boolean ofText;

    StructDecoder(BufferAllocator allocator, ColumnGuard guard, ValueDecoder... fields) {
        super(allocator, guard);
        this.fields = fields;
        int bytes = 0;
        for (ValueDecoder field : fields) {
            bytes += field.fixedBytes();
        }
        this.fixedBytes = bytes;
    }

    /** The values come as text in every read: a type beneath has no binary form that is known. */
    final StructDecoder ofText() {
        ofText = true;
        return this;
    }

    @Override
    final void value(int index, byte[] source, int offset, int length) {
        if (ofText) {
            text(index, source, offset, length);
        } else {
            sent(index, source, offset, length);
        }
    }

    /** Writes the value at {@code index} from its send form. */
    abstract void sent(int index, byte[] source, int offset, int length);

    @Override
    abstract void text(int index, byte[] source, int offset, int length);

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
    final void cutValues(int count) {
        for (ValueDecoder field : fields) {
            field.cut(count);
        }
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
        void sent(int index, byte[] source, int offset, int length) {
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

        /** {@code (field,"quoted field",)}; nothing at all is null. */
        @Override
        void text(int index, byte[] source, int offset, int length) {
            TextItems at = new TextItems(guard, source, offset, length);
            at.expect('(');
            for (int i = 0; i < fields.length; i++) {
                if (i > 0) {
                    at.expect(',');
                }
                if (at.item(',', ')')) {
                    fields[i].text(index, at.bytes(), at.from(), at.length());
                } else {
                    fields[i].nullAt(index);
                }
            }
            at.expect(')');
            at.expectEnd();
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
        void sent(int index, byte[] source, int offset, int length) {
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
            flags(index, flags, nulled);
        }

        /** {@code empty}, or {@code [lower,"quoted upper")}; a bound that is not there is nothing at all. */
        @Override
        void text(int index, byte[] source, int offset, int length) {
            TextItems at = new TextItems(guard, source, offset, length);
            long nulled = guard.nulled();
            if (at.is("empty")) {
                lower.nullAt(index);
                upper.nullAt(index);
                flags(index, EMPTY, nulled);
                return;
            }
            int flags = at.takes('[') ? LOWER_INCLUSIVE : 0;
            if (flags == 0) {
                at.expect('(');
            }
            bound(lower, index, at, at.item(',', ','));
            at.expect(',');
            bound(upper, index, at, at.item(']', ')'));
            if (at.takes(']')) {
                flags |= UPPER_INCLUSIVE;
            } else {
                at.expect(')');
            }
            at.expectEnd();
            flags(index, flags, nulled);
        }

        private static void bound(ValueDecoder bound, int index, TextItems at, boolean present) {
            if (present) {
                bound.text(index, at.bytes(), at.from(), at.length());
            } else {
                bound.nullAt(index);
            }
        }

        private void flags(int index, int flags, long nulled) {
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
}
