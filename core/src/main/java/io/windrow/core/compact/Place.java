package io.windrow.core.compact;

/**
 * Where a change lies among all changes of a stream.
 *
 * @param position the commit's place in the source's log
 * @param ordinal the row's place within its transaction
 */
record Place(long position, long ordinal) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
        return position == other.position ? Long.compare(ordinal, other.ordinal) : Long.compare(position, other.position);
    }
}
