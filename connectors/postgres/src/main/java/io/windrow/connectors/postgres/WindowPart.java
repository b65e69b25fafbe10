package io.windrow.connectors.postgres;

import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.PostgresSplit.Horizon;
import io.windrow.connectors.postgres.PostgresSplit.Pages;
import io.windrow.connectors.postgres.PostgresSplit.Part;
import io.windrow.connectors.postgres.PostgresSplit.Window;
import io.windrow.connectors.postgres.WindowState.Heap;
import io.windrow.connectors.postgres.WindowState.OpenWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A part of an open window. Its id follows from the saved window alone, so that a later run knows a part that was saved again
 * by it, whatever has become of the table.
 *
 * @param id the id of its split
 * @param heap the heap that it is a part of
 * @param pages the pages, if the heap is read by its pages
 */
record WindowPart(String id, Heap heap, Pages pages) {
    /**
     * The parts of a window in their order.
     *
     * @param prefix what the window's ids begin with
     */
    static List<WindowPart> of(OpenWindow window, String prefix) {
        List<WindowPart> parts = new ArrayList<>();
        for (Heap heap : window.heaps()) {
            for (int i = 0; i < heap.cuts().size(); i++) {
                boolean last = i == heap.cuts().size() - 1;
                OptionalLong to = last ? OptionalLong.empty() : OptionalLong.of(heap.cuts().get(i + 1));
                parts.add(new WindowPart(prefix + parts.size(), heap, new Pages(heap.cuts().get(i), to)));
            }
        }
        return parts;
    }

    /**
     * What to read.
     *
     * @param state the state that holds the open window
     * @param snapshot the snapshot under which it is read
     * @param table the heap's name now
     */
    PostgresSplit split(WindowState state, String snapshot, StreamName table) {
        Optional<Horizon> since = heap.fresh() ? Optional.empty() : heap.delivered().or(state::since);
        return new PostgresSplit(
                Part.WINDOW,
                snapshot,
                Optional.of(table),
                heap.scan() ? Optional.of(pages) : Optional.empty(),
                state.open().map(window ->
                        new Window(since, window.until(), heap.scan() ? Optional.empty() : state.bound())),
                Optional.empty());
    }
}
