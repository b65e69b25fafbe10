package io.windrow.connectors.postgres.codec;

import java.util.Arrays;
import org.apache.arrow.memory.BufferAllocator;

/**
 * An array: int32 dimensions, int32 has-nulls, int32 element oid, per dimension int32 size and int32 lower bound, then
 * the elements behind their int32 lengths (−1 for null), last dimension fastest.
 */
final class ArrayDecoder extends StructDecoder {
    private static final int MAX_DIMENSIONS = 6;

    private final ListDecoder dimensions;
    private final ListDecoder lowerBounds;
    private final ListDecoder elements;
    private final NumberDecoders.Int4 size;
    private final NumberDecoders.Int4 lowerBound;
    private final int elementOid;
    private final char delimiter;

    ArrayDecoder(
            BufferAllocator allocator,
            ColumnGuard guard,
            NumberDecoders.Int4 size,
            NumberDecoders.Int4 lowerBound,
            ListDecoder[] lists,
            int elementOid,
            char delimiter) {
        super(allocator, guard, lists);
        this.size = size;
        this.lowerBound = lowerBound;
        this.dimensions = lists[0];
        this.lowerBounds = lists[1];
        this.elements = lists[2];
        this.elementOid = elementOid;
        this.delimiter = delimiter;
    }

    static ArrayDecoder of(BufferAllocator allocator, ColumnGuard guard, ValueDecoder element, int elementOid, char delimiter) {
        NumberDecoders.Int4 size = new NumberDecoders.Int4(allocator, guard);
        NumberDecoders.Int4 lowerBound = new NumberDecoders.Int4(allocator, guard);
        ListDecoder[] lists = {
            new ListDecoder(allocator, guard, size),
            new ListDecoder(allocator, guard, lowerBound),
            new ListDecoder(allocator, guard, element)
        };
        return new ArrayDecoder(allocator, guard, size, lowerBound, lists, elementOid, delimiter);
    }

    @Override
    void sent(int index, byte[] source, int offset, int length) {
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

    /** {@code [0:1][-3:-3]={{a},{"quoted \"b\""}}}, the bounds only where a lower one is not 1. */
    @Override
    void text(int index, byte[] source, int offset, int length) {
        TextItems at = new TextItems(guard, source, offset, length);
        if (!at.isNext('{') && !at.isNext('[')) {
            vector(index, at);
            return;
        }
        int[] lower = new int[MAX_DIMENSIONS];
        Arrays.fill(lower, 1);
        at.bounds(lower);
        int[] sizes = new int[MAX_DIMENSIONS];
        int count = 0;
        int depth = 0;
        int total = 0;
        at.expect('{');
        do {
            if (at.takes('}')) {
                depth--;
            } else if (at.takes(delimiter)) {
                // Whatever comes next is the next of its dimension.
                continue;
            } else if (at.takes('{')) {
                sizes[depth]++;
                depth++;
                if (depth == MAX_DIMENSIONS) {
                    throw guard.malformed("an array of more dimensions than " + MAX_DIMENSIONS);
                }
                sizes[depth] = 0;
            } else {
                sizes[depth]++;
                count = depth + 1;
                total++;
                element(at);
            }
        } while (depth >= 0);
        at.expectEnd();
        for (int d = 0; d < count; d++) {
            size.set(dimensions.next(), sizes[d]);
            lowerBound.set(lowerBounds.next(), lower[d]);
        }
        guard.expanded((long) total * elements.element.fixedBytes());
        endLists(index);
    }

    /** int2vector and oidvector: {@code 1 2 3}, of one dimension that begins with 0. */
    private void vector(int index, TextItems at) {
        int total = 0;
        while (at.item(' ', ' ')) {
            elements.element.text(elements.next(), at.bytes(), at.from(), at.length());
            at.takes(' ');
            total++;
        }
        at.expectEnd();
        size.set(dimensions.next(), total);
        lowerBound.set(lowerBounds.next(), 0);
        guard.expanded((long) total * elements.element.fixedBytes());
        endLists(index);
    }

    private void element(TextItems at) {
        ValueDecoder element = elements.element;
        at.expectItem(delimiter, '}');
        int next = elements.next();
        if (at.isNullWord()) {
            element.nullAt(next);
        } else {
            element.text(next, at.bytes(), at.from(), at.length());
        }
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
