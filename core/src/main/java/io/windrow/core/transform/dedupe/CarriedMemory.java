package io.windrow.core.transform.dedupe;

import io.windrow.api.batch.RowHash;
import io.windrow.core.checkpoint.RememberedRows;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a stream remembers when a replay has changed what was delivered of it. Rows that are gone from the target are
 * forgotten: because of them a row that comes back would be dropped and lost. Rows that were delivered now are remembered, as the
 * newest. All others stay in their order and keep their age, so that the window ends where it would have ended.
 */
public final class CarriedMemory {
    private CarriedMemory() {}

    /**
     * The memory of the replay's epoch, which takes the place of all that was remembered before.
     *
     * @param before what the store remembers, oldest first
     * @param gone what identified rows that are not delivered any more
     * @param came what identifies rows that are delivered now, in their order
     * @param most how many rows are remembered, the newest
     * @param epoch the replay's
     * @param cut when it was cut
     */
    public static List<RememberedRows> of(
            List<RememberedRows> before, Set<RowHash> gone, Collection<RowHash> came, long most, long epoch, Instant cut) {
        Set<RowHash> fresh = new LinkedHashSet<>(came);
        List<RememberedRows> carried = new ArrayList<>();
        for (RememberedRows rows : before) {
            ByteArrayOutputStream staying = new ByteArrayOutputStream(rows.hashes().length);
            ByteBuffer hashes = ByteBuffer.wrap(rows.hashes());
            while (hashes.hasRemaining()) {
                int at = hashes.position();
                RowHash hash = new RowHash(hashes.getLong(), hashes.getLong());
                fresh.remove(hash);
                if (!gone.contains(hash)) {
                    staying.write(rows.hashes(), at, Long.BYTES * 2);
                }
            }
            carried.add(new RememberedRows(epoch, rows.cut(), epoch, rows.form(), staying.toByteArray()));
        }
        ByteBuffer newest = ByteBuffer.allocate(Long.BYTES * 2 * fresh.size());
        fresh.forEach(hash -> newest.putLong(hash.high()).putLong(hash.low()));
        carried.add(new RememberedRows(epoch, cut, epoch, newest.array()));
        return newest(carried, most);
    }

    private static List<RememberedRows> newest(List<RememberedRows> all, long most) {
        List<RememberedRows> newest = new ArrayList<>();
        long room = most;
        for (RememberedRows rows : all.reversed()) {
            int count = (int) Math.min(room, rows.hashes().length / (Long.BYTES * 2));
            byte[] hashes = new byte[Long.BYTES * 2 * count];
            System.arraycopy(rows.hashes(), rows.hashes().length - hashes.length, hashes, 0, hashes.length);
            if (count > 0 || newest.isEmpty()) {
                newest.addFirst(new RememberedRows(rows.epoch(), rows.cut(), rows.oldest(), rows.form(), hashes));
            }
            room -= count;
        }
        return newest;
    }
}
