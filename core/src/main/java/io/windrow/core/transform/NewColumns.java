package io.windrow.core.transform;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.zip.CRC32C;

/** Ids of columns that a step adds. */
public final class NewColumns {
    /** From here on up; a source's ids are far below. */
    private static final int FIRST = 0x4000_0000;

    private NewColumns() {}

    /**
     * An id that depends on the column's name alone, unless that one is taken: the same in each run, whatever other columns
     * there are.
     *
     * @param taken ids in use; the new one is added
     */
    public static int id(String name, Set<Integer> taken) {
        CRC32C sum = new CRC32C();
        sum.update(name.getBytes(StandardCharsets.UTF_8));
        int id = FIRST | (int) sum.getValue() & FIRST - 1;
        while (!taken.add(id)) {
            id = FIRST | id + 1 & FIRST - 1;
        }
        return id;
    }
}
