package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.codec.Transaction;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * How far the change log was read: every transaction that ended at or before {@code lsn} was delivered whole.
 *
 * @param system the cluster's identifier
 * @param timeline the cluster's timeline
 * @param lsn the end of the last transaction that was delivered whole, or a later place up to which there was none; what
 *     lies before it may be let go
 * @param inside where reading stands within the transaction after it
 * @param kept a place before {@code lsn} from which the log is needed again, since a transaction that was prepared there is not
 *     committed yet
 * @param copies how far the tables are that are copied meanwhile; a stream that is not there is copied
 * @param repairs rows that were read again by their keys, as long as the log has not passed them
 * @param step grows as tables are copied, and rows read again, while the log stands still
 */
record LogPosition(
        String system, long timeline, long lsn, Optional<Inside> inside, OptionalLong kept, Map<StreamName, CopyPlace> copies,
        Map<StreamName, RepairPlace> repairs, long step) {
    private static final int VERSION = 1;
    /** With copies: an older version of Windrow, which does not know of them, must not go on from there. */
    private static final int COPYING_VERSION = 2;
    /** With rows that were read again: likewise. */
    private static final int REPAIRING_VERSION = 3;
    private static final String KIND = "log";

    LogPosition {
        copies = Map.copyOf(copies);
        repairs = Map.copyOf(repairs);
    }

    LogPosition(
            String system, long timeline, long lsn, Optional<Inside> inside, OptionalLong kept, Map<StreamName, CopyPlace> copies,
            long step) {
        this(system, timeline, lsn, inside, kept, copies, Map.of(), step);
    }

    LogPosition(String system, long timeline, long lsn, Optional<Inside> inside) {
        this(system, timeline, lsn, inside, OptionalLong.empty());
    }

    LogPosition(String system, long timeline, long lsn, Optional<Inside> inside, OptionalLong kept) {
        this(system, timeline, lsn, inside, kept, Map.of(), 0);
    }

    /** Whoever goes on at the lower one gets all that lies behind the higher one. */
    static final Comparator<Position> ORDER = Comparator.comparing(LogPosition::of, LogPosition::compare);

    /**
     * A place within a transaction, which the server sends whole again after a restart.
     *
     * @param commit the place of its commit record
     * @param xid its id
     * @param record the place of the record of the last row delivered
     * @param ordinal the row's place within that record, from 0
     */
    record Inside(long commit, long xid, long record, long ordinal) {}

    static LogPosition of(Position position) {
        if (position.version() < VERSION || position.version() > REPAIRING_VERSION) {
            throw StateText.invalid("a log position of version " + position.version());
        }
        StateText text = StateText.parse(position.text());
        if (!text.optionalText("at").equals(Optional.of(KIND))) {
            throw StateText.invalid("the position is not one of a change log");
        }
        return new LogPosition(
                text.text("system"),
                text.number("timeline"),
                lsn(text.text("lsn")),
                text.object("inside").map(inside -> new Inside(
                        lsn(inside.text("commit")), inside.number("xid"), lsn(inside.text("record")), inside.number("ordinal"))),
                text.optionalText("kept").map(LogPosition::lsn).map(OptionalLong::of).orElse(OptionalLong.empty()),
                copies(text),
                repairs(text),
                text.optionalNumber("step").orElse(0));
    }

    private static Map<StreamName, CopyPlace> copies(StateText text) {
        Map<StreamName, CopyPlace> copies = new TreeMap<>();
        for (StateText one : text.objects("copies")) {
            copies.put(new StreamName(one.text("schema"), one.text("table")), CopyPlace.of(one));
        }
        return copies;
    }

    private static Map<StreamName, RepairPlace> repairs(StateText text) {
        Map<StreamName, RepairPlace> repairs = new TreeMap<>();
        for (StateText one : text.objects("repairs")) {
            repairs.put(new StreamName(one.text("schema"), one.text("table")), RepairPlace.of(one));
        }
        return repairs;
    }

    /** From where the log has to be read to go on here; what lies before it may be let go. */
    long readFrom() {
        return kept.orElse(lsn);
    }

    static long lsn(String text) {
        try {
            return Lsn.parse(text);
        } catch (IllegalArgumentException e) {
            throw StateText.invalid("a place in the log cannot be read");
        }
    }

    Position toPosition() {
        StateText text = StateText.create().with("at", KIND).with("system", system).with("timeline", timeline)
                .with("lsn", Lsn.text(lsn));
        inside.ifPresent(in -> text.with("inside", StateText.create()
                .with("commit", Lsn.text(in.commit)).with("xid", in.xid).with("record", Lsn.text(in.record))
                .with("ordinal", in.ordinal)));
        kept.ifPresent(at -> text.with("kept", Lsn.text(at)));
        if (copies.isEmpty() && repairs.isEmpty()) {
            return new Position(VERSION, text.toString());
        }
        List<StateText> all = new ArrayList<>();
        new TreeMap<>(copies).forEach((stream, copy) ->
                all.add(copy.toState().with("schema", stream.namespace()).with("table", stream.name())));
        if (!all.isEmpty()) {
            text.with("copies", all);
        }
        List<StateText> read = new ArrayList<>();
        new TreeMap<>(repairs).forEach((stream, repair) ->
                read.add(repair.toState().with("schema", stream.namespace()).with("table", stream.name())));
        if (!read.isEmpty()) {
            text.with("repairs", read);
        }
        return new Position(read.isEmpty() ? COPYING_VERSION : REPAIRING_VERSION, text.with("step", step).toString());
    }

    /** Where a row lies, for people: nobody goes on there. */
    static Position ofChange(Transaction transaction, long record, long ordinal) {
        return new Position(VERSION, StateText.create().with("at", "change").with("commit", Lsn.text(transaction.position()))
                .with("xid", transaction.id()).with("record", Lsn.text(record)).with("ordinal", ordinal).toString());
    }

    /** Whether the row was delivered, given where its transaction's commit record and its own record lie. */
    boolean covers(long commit, long record, long ordinal) {
        if (inside.isEmpty() || inside.get().commit != commit) {
            return coversAll(commit);
        }
        int byRecord = Long.compareUnsigned(record, inside.get().record);
        return byRecord < 0 || byRecord == 0 && ordinal <= inside.get().ordinal;
    }

    /** Whether all that was delivered lies before this place, which is one between two transactions. */
    boolean isPassed(long place) {
        return inside.map(in -> Long.compareUnsigned(place, in.commit) > 0).orElseGet(() -> Long.compareUnsigned(place, lsn) >= 0);
    }

    /** Whether every transaction whose commit lies before a place was delivered. */
    boolean reaches(long place) {
        return Long.compareUnsigned(inside.map(Inside::commit).orElse(lsn), place) >= 0;
    }

    /** Whether the whole transaction with this commit record was delivered. */
    boolean coversAll(long commit) {
        return Long.compareUnsigned(commit, inside.map(Inside::commit).orElse(lsn)) < 0;
    }

    /** The same place without other streams' copies and rows, whose keys are nobody else's to show. */
    LogPosition forOnly(StreamName stream) {
        CopyPlace copy = copies.get(stream);
        RepairPlace repair = repairs.get(stream);
        return new LogPosition(
                system, timeline, lsn, inside, kept, copy == null ? Map.of() : Map.of(stream, copy),
                repair == null ? Map.of() : Map.of(stream, repair), step);
    }

    /** Where a stream goes on that had nothing between here and a later place, which says nothing of its copy: not even that it is over. */
    LogPosition goesOn(StreamName stream, LogPosition released) {
        LogPosition own = forOnly(stream);
        return new LogPosition(
                released.system, released.timeline, released.lsn, released.inside, released.kept, own.copies, own.repairs,
                Math.max(step, released.step));
    }

    /** How far what was delivered of a stream reaches into the log: a range's snapshot shows what the log has not told yet. */
    long reached(StreamName stream) {
        long told = inside.map(Inside::commit).orElse(lsn);
        return Optional.ofNullable(copies.get(stream))
                .flatMap(CopyPlace::range)
                .map(CopyPlace.Range::until)
                .or(() -> Optional.ofNullable(repairs.get(stream)).map(RepairPlace::until))
                .filter(until -> Long.compareUnsigned(until, told) > 0)
                .orElse(told);
    }

    private static int compare(LogPosition one, LogPosition other) {
        int by = compareInLog(one, other);
        if (by != 0) {
            return by;
        }
        // Where nothing is copied any more, all was.
        int copied =
                Long.compare(one.copies.isEmpty() ? Long.MAX_VALUE : one.step, other.copies.isEmpty() ? Long.MAX_VALUE : other.step);
        // Rows that were read again come to a place at which the log stood before; what is passed of them is passed there too.
        return copied != 0 ? copied : Long.compare(one.repairs.isEmpty() ? 0 : one.step, other.repairs.isEmpty() ? 0 : other.step);
    }

    private static int compareInLog(LogPosition one, LogPosition other) {
        int by = Long.compareUnsigned(
                one.inside.map(Inside::commit).orElse(one.lsn), other.inside.map(Inside::commit).orElse(other.lsn));
        if (by != 0 || one.inside.isEmpty() || other.inside.isEmpty()) {
            return by != 0 ? by : Boolean.compare(one.inside.isPresent(), other.inside.isPresent());
        }
        int record = Long.compareUnsigned(one.inside.get().record, other.inside.get().record);
        return record != 0 ? record : Long.compare(one.inside.get().ordinal, other.inside.get().ordinal);
    }
}
