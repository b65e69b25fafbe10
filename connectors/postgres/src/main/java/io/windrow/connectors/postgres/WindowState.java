package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.source.PlannerState;
import io.windrow.connectors.postgres.PostgresSplit.Horizon;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an incremental stream remembers. Its size does not depend on the number of rows (B26): what was delivered is told
 * by the transactions that wrote it, not by a list of rows.
 *
 * @param system the cluster's id, empty if unknown
 * @param cursor the cursor column, empty if there is none
 * @param number the number of the last window that was begun
 * @param since what all finished windows delivered; empty: nothing yet
 * @param bound the safe bound: no row with a cursor below it will appear any more
 * @param candidate a value that is going to be the safe bound
 * @param files the heaps that the finished windows covered
 * @param open a window that was begun and is not finished
 * @param origin of what it was read; states of older versions lack parts of it
 */
record WindowState(
        String system,
        String cursor,
        long number,
        Optional<Horizon> since,
        Optional<String> bound,
        Optional<Candidate> candidate,
        List<HeapFile> files,
        Optional<OpenWindow> open,
        Origin origin) {

    /**
     * What rows were read of.
     *
     * @param relation the stream's relation by its oid
     * @param selection a digest of the settings that choose rows
     * @param place where the server's log was when the last finished window was begun
     * @param left the heaps that belonged to the relation before and are not part of it now
     */
    record Origin(OptionalLong relation, Optional<String> selection, Optional<LogPlace> place, List<LeftHeap> left) {
        static final Origin UNKNOWN = new Origin(OptionalLong.empty(), Optional.empty(), Optional.empty(), List.of());

        Origin {
            left = List.copyOf(left);
        }
    }

    /** A place in the server's log: which timeline, and how far on it. */
    record LogPlace(long timeline, long lsn) {}

    /**
     * A heap that left, so that it is known when it comes back.
     *
     * @param delivered what had been delivered of it
     */
    record LeftHeap(long oid, long file, Horizon delivered) {}

    /**
     * A cursor value seen under a snapshot. It becomes the safe bound with the first window under a later snapshot to which
     * everybody who was at work at this one's time has ended.
     *
     * @param value the highest cursor value of the snapshot, as text
     * @param next the snapshot's xmax
     * @param open the transactions that were open, by virtual id: those without a transaction id can still write old values
     */
    record Candidate(String value, long next, List<String> open) {}

    /** Which file a heap had. */
    record HeapFile(long oid, long file) {}

    /**
     * A window that is being read.
     *
     * @param until what it delivers, together with {@code since}
     * @param nextBound the safe bound once it is finished
     * @param nextCandidate the candidate once it is finished
     * @param heaps the heaps that it reads
     * @param ended the parts that have ended
     * @param place where the server's log was when it was begun; empty if unknown
     * @param left the heaps that are not part of the relation
     */
    record OpenWindow(
            Horizon until,
            Optional<String> nextBound,
            Optional<Candidate> nextCandidate,
            List<Heap> heaps,
            List<String> ended,
            Optional<LogPlace> place,
            List<LeftHeap> left) {
        OpenWindow {
            heaps = List.copyOf(heaps);
            ended = List.copyOf(ended);
            left = List.copyOf(left);
        }

        OpenWindow withEnded(List<String> parts) {
            return new OpenWindow(until, nextBound, nextCandidate, heaps, parts, place, left);
        }
    }

    /**
     * A heap of a window.
     *
     * @param scan whether all its pages are read, in parts; else its rows are found by the cursor
     * @param fresh whether nothing of it was delivered before
     * @param cuts the first page of each part
     * @param delivered what was delivered of it before it left and came back; empty: what was of all heaps
     */
    record Heap(long oid, long file, boolean scan, boolean fresh, List<Long> cuts, Optional<Horizon> delivered) {
        Heap {
            cuts = List.copyOf(cuts);
        }
    }

    static WindowState initial(String system, String cursor) {
        return new WindowState(
                system, cursor, 0, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Optional.empty(),
                Origin.UNKNOWN);
    }

    /** The state once the open window is finished. */
    WindowState finished() {
        return open.map(window -> new WindowState(
                        system,
                        cursor,
                        number,
                        Optional.of(window.until()),
                        window.nextBound(),
                        window.nextCandidate(),
                        window.heaps().stream()
                                .map(heap -> new HeapFile(heap.oid(), heap.file()))
                                .toList(),
                        Optional.empty(),
                        new Origin(origin.relation(), origin.selection(), window.place(), window.left())))
                .orElse(this);
    }

    WindowState with(Optional<OpenWindow> window, long newNumber) {
        return new WindowState(system, cursor, newNumber, since, bound, candidate, files, window, origin);
    }

    WindowState with(Origin other) {
        return new WindowState(system, cursor, number, since, bound, candidate, files, open, other);
    }

    /** The state without a bound and a candidate: every row is looked at again. */
    WindowState unbound() {
        return new WindowState(system, cursor, number, since, Optional.empty(), Optional.empty(), files, open, origin);
    }

    /** What is delivered once the open window is finished, or else already. */
    Optional<Horizon> reached() {
        return open.map(OpenWindow::until).or(() -> since);
    }

    /** Where the server's log was for {@link #reached}; empty if unknown. */
    Optional<LogPlace> reachedPlace() {
        return open.isPresent() ? open.get().place() : origin.place();
    }

    /** Behind what the next row lies, for people: transactions, the cursor's safe bound, and where the log was then. */
    Optional<Position> resumes() {
        return since.map(delivered -> new Position(1, StateText.create()
                .with("at", "window")
                .with("transaction", delivered.below())
                .with("cursor", bound)
                .with("lsn", origin.place().map(place -> Lsn.text(place.lsn())))
                .toString()));
    }

    static WindowState of(PlannerState state) {
        if (state.version() != StreamRead.STATE_VERSION) {
            throw StateText.invalid("a planner state of version " + state.version());
        }
        StateText text = StateText.parse(state.text());
        if (!text.text("read").equals("windows")) {
            throw StateText.invalid("the stream was read as " + text.text("read") + ", and now it is to be incremental");
        }
        return new WindowState(
                text.text("system"),
                text.text("cursor"),
                text.number("number"),
                text.object("since").map(Horizon::of),
                text.optionalText("bound"),
                text.object("candidate").map(WindowState::candidate),
                text.objects("files").stream()
                        .map(file -> new HeapFile(file.number("oid"), file.number("file")))
                        .toList(),
                text.object("open").map(WindowState::window),
                new Origin(
                        text.optionalNumber("relation"),
                        text.optionalText("selection"),
                        text.object("place").map(WindowState::place),
                        left(text)));
    }

    private static LogPlace place(StateText text) {
        return new LogPlace(text.number("timeline"), LogPosition.lsn(text.text("lsn")));
    }

    private static List<LeftHeap> left(StateText text) {
        return text.objects("left").stream()
                .map(heap -> new LeftHeap(heap.number("oid"), heap.number("file"), Horizon.of(heap)))
                .toList();
    }

    private static Candidate candidate(StateText text) {
        return new Candidate(text.text("value"), text.number("next"), text.texts("open"));
    }

    private static OpenWindow window(StateText text) {
        List<Heap> heaps = new ArrayList<>();
        for (StateText heap : text.objects("heaps")) {
            heaps.add(new Heap(
                    heap.number("oid"), heap.number("file"), heap.flag("scan"), heap.flag("fresh"), heap.numbers("cuts"),
                    heap.object("delivered").map(Horizon::of)));
        }
        return new OpenWindow(
                Horizon.of(text.object("until").orElseThrow(() -> StateText.invalid("a window without an end"))),
                text.optionalText("bound"),
                text.object("candidate").map(WindowState::candidate),
                heaps,
                text.texts("ended"),
                text.object("place").map(WindowState::place),
                left(text));
    }

    PlannerState toState() {
        StateText text = StateText.create()
                .with("read", "windows")
                .with("system", system)
                .with("cursor", cursor)
                .with("number", number)
                .with("since", since.map(Horizon::toState))
                .with("bound", bound)
                .with("candidate", candidate.map(WindowState::text))
                .with("files", files.stream()
                        .map(file -> StateText.create().with("oid", file.oid()).with("file", file.file()))
                        .toList())
                .with("open", open.map(WindowState::text))
                .with("selection", origin.selection())
                .with("place", origin.place().map(WindowState::text));
        origin.relation().ifPresent(oid -> text.with("relation", oid));
        return new PlannerState(StreamRead.STATE_VERSION, withLeft(text, origin.left()).toString());
    }

    private static StateText text(Candidate candidate) {
        return StateText.create()
                .with("value", candidate.value())
                .with("next", candidate.next())
                .with("open", candidate.open());
    }

    private static StateText text(LogPlace place) {
        return StateText.create().with("timeline", place.timeline()).with("lsn", Lsn.text(place.lsn()));
    }

    private static StateText withLeft(StateText text, List<LeftHeap> left) {
        List<StateText> heaps = left.stream()
                .map(heap -> heap.delivered().toState().with("oid", heap.oid()).with("file", heap.file()))
                .toList();
        return heaps.isEmpty() ? text : text.with("left", heaps);
    }

    private static StateText text(OpenWindow window) {
        StateText text = StateText.create()
                .with("until", window.until().toState())
                .with("bound", window.nextBound())
                .with("candidate", window.nextCandidate().map(WindowState::text))
                .with("heaps", window.heaps().stream()
                        .map(heap -> StateText.create()
                                .with("oid", heap.oid())
                                .with("file", heap.file())
                                .with("scan", heap.scan())
                                .with("fresh", heap.fresh())
                                .with("cuts", heap.cuts())
                                .with("delivered", heap.delivered().map(Horizon::toState)))
                        .toList())
                .with("ended", window.ended())
                .with("place", window.place().map(WindowState::text));
        return withLeft(text, window.left());
    }
}
