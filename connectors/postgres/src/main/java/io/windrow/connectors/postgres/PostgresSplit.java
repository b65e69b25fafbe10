package io.windrow.connectors.postgres;

import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Split;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A part of a stream. Everything here is data: names are quoted and values bound when the reader makes SQL of it.
 *
 * @param part how the part is cut out
 * @param snapshot the id of the exported snapshot that the reader imports
 * @param relation the relation to read, for a table that may be a partition of the stream's; empty: the stream itself
 * @param pages the pages, if it is cut by pages
 * @param window the transactions whose rows belong to it, if the stream is incremental
 * @param keys the range of the first key column, if it is cut by keys
 * @param consistent the place in the change log that the snapshot belongs to, if changes follow on it
 */
record PostgresSplit(
        Part part,
        String snapshot,
        Optional<StreamName> relation,
        Optional<Pages> pages,
        Optional<Window> window,
        Optional<Keys> keys,
        OptionalLong consistent) {
    private static final int VERSION = 1;

    /** A part of a table that is not followed. */
    PostgresSplit(
            Part part, String snapshot, Optional<StreamName> relation, Optional<Pages> pages, Optional<Window> window,
            Optional<Keys> keys) {
        this(part, snapshot, relation, pages, window, keys, OptionalLong.empty());
    }

    /** How a part is cut out. */
    enum Part {
        /** All rows, in no order: cannot go on in the middle. */
        WHOLE,
        /** Pages of one heap under one snapshot. */
        PAGES,
        /** Rows of one heap that a range of transactions wrote, under any later snapshot. */
        WINDOW,
        /** A range of keys, under any snapshot. */
        KEYS,
        /** Rows by their keys, which who reads it adds as conditions. Never saved. */
        LISTED,
        /** Of a heap that is not the stream's any more: no row. */
        GONE
    }

    /** Pages from {@code from} up to but without {@code to}; without {@code to} up to the end. */
    record Pages(long from, OptionalLong to) {}

    /** Keys from {@code low} up to but without {@code high}, as text of the first key column. */
    record Keys(Optional<String> low, Optional<String> high) {}

    /**
     * Row versions by the transaction that wrote them, as 64-bit ids.
     *
     * @param since what was delivered before: transactions below its horizon and those listed; empty: nothing
     * @param until what is delivered with this window
     * @param bound rows whose cursor lies below this value, as text, are not looked at
     */
    record Window(Optional<Horizon> since, Horizon until, Optional<String> bound) {}

    /** Transactions with an id below {@code below}, and those of {@code also}. */
    record Horizon(long below, List<Long> also) {
        Horizon {
            also = List.copyOf(also);
        }

        StateText toState() {
            return StateText.create().with("below", below).with("also", also);
        }

        static Horizon of(StateText text) {
            return new Horizon(text.number("below"), text.numbers("also"));
        }
    }

    static PostgresSplit of(Split split) {
        if (split.version() != VERSION) {
            throw StateText.invalid("a split of version " + split.version());
        }
        StateText text = StateText.parse(split.text());
        Part part = switch (text.text("part")) {
            case "whole" -> Part.WHOLE;
            case "pages" -> Part.PAGES;
            case "window" -> Part.WINDOW;
            case "keys" -> Part.KEYS;
            case "gone" -> Part.GONE;
            default -> throw StateText.invalid("a split of an unknown kind");
        };
        return new PostgresSplit(
                part,
                text.text("snapshot"),
                text.optionalText("schema").map(schema -> new StreamName(schema, text.text("table"))),
                text.optionalNumber("from").isPresent()
                        ? Optional.of(new Pages(text.number("from"), text.optionalNumber("to")))
                        : Optional.empty(),
                text.object("until").map(until -> new Window(
                        text.object("since").map(Horizon::of), Horizon.of(until), text.optionalText("bound"))),
                part == Part.KEYS
                        ? Optional.of(new Keys(text.optionalText("low"), text.optionalText("high")))
                        : Optional.empty(),
                text.optionalText("consistent").map(LogPosition::lsn).map(OptionalLong::of).orElse(OptionalLong.empty()));
    }

    Split toSplit(String id, StreamName stream, long estimatedBytes) {
        StateText text = StateText.create().with("part", part.name().toLowerCase(java.util.Locale.ROOT)).with("snapshot", snapshot);
        relation.ifPresent(name -> text.with("schema", name.namespace()).with("table", name.name()));
        pages.ifPresent(range -> {
            text.with("from", range.from());
            range.to().ifPresent(to -> text.with("to", to));
        });
        window.ifPresent(one -> text.with("since", one.since().map(Horizon::toState))
                .with("until", one.until().toState())
                .with("bound", one.bound()));
        keys.ifPresent(range -> text.with("low", range.low()).with("high", range.high()));
        consistent.ifPresent(lsn -> text.with("consistent", Lsn.text(lsn)));
        return new Split(id, stream, VERSION, text.toString(), estimatedBytes);
    }

    /** The same part of the heap that has this name now; empty: it is gone. */
    PostgresSplit in(Optional<StreamName> name) {
        return name.isPresent()
                ? new PostgresSplit(part, snapshot, name, pages, window, keys, consistent)
                : new PostgresSplit(Part.GONE, snapshot, relation, pages, window, keys, consistent);
    }

    /** The same part, read under another snapshot. */
    PostgresSplit under(String otherSnapshot) {
        return new PostgresSplit(part, otherSnapshot, relation, pages, window, keys, consistent);
    }
}
