package io.windrow.benchmarks.governed;

import io.windrow.api.batch.Account;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.source.ReadMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a stream's target, quarantine and ledger must hold, after what the test has seen of its runs. */
final class StreamBooks {
    private final Table table;
    private final Policies policies;
    private final Oracle oracle;
    private @Nullable View accepted;
    private @Nullable View refused;
    /** Rows of finished generations that stay, because the stream's snapshots are appended. */
    private final List<String> older = new ArrayList<>();
    private final List<String> written = new ArrayList<>();
    private final List<Fate.Aside> aside = new ArrayList<>();
    private long read;
    private long duplicates;
    private long filtered;
    private long sampledOut;
    /** The first row of the log whose fate is not known yet, and the view in which it was read last. */
    private int from;
    private @Nullable View view;
    /** What masks the rows that lie at the target. */
    private Optional<String> mask = Optional.empty();
    private Optional<String> maskOfRead = Optional.empty();
    /** The same by column, of the last read that came to its end. */
    private Map<Integer, String> maskOfColumns = Map.of();
    private Map<Integer, String> maskOfReadColumns = Map.of();
    private boolean unfinished;

    StreamBooks(Table table, Policies policies) {
        this.table = table;
        this.policies = policies;
        this.oracle = new Oracle(policies, table.stream);
    }

    Table table() {
        return table;
    }

    /** Whether a read was begun and has not come to its end. */
    boolean isUnfinished() {
        return unfinished;
    }

    /** How the rows of the next run pass; empty: it stops before the first. */
    Optional<View> next() {
        return accepted == null
                ? Optional.of(View.of(table.columns, table.key))
                : View.after(accepted, table.columns, table.key, policies.drift);
    }

    /** Whether a column that a rule of the mask names would be delivered under a name that none does. */
    boolean losesMask(View next) {
        return next.misfits() == View.Misfits.NONE && isBare(next);
    }

    /** The same of the schema that a run refused, if it is accepted. */
    boolean refusedLosesMask() {
        return refused != null && isBare(refused);
    }

    private boolean isBare(View next) {
        return accepted != null && next.delivered().stream().anyMatch(column -> {
            Column before = View.byId(accepted.delivered(), column.id());
            return before != null && isNamed(before) && !isNamed(column);
        });
    }

    private boolean isNamed(Column column) {
        return policies.mask.stream().anyMatch(rule -> rule.field().isPresent() && rule.fits(table.stream, column));
    }

    /** The columns that a rule of the mask may name although the next run reads nothing of the stream. */
    List<Column> known() {
        List<Column> known = new ArrayList<>(table.columns);
        if (accepted != null) {
            known.addAll(accepted.delivered());
        }
        return known;
    }

    /** The codes of errors by one of which a run has to be refused; empty: none. */
    Set<String> refusals(View next) {
        Set<String> codes = new TreeSet<>();
        List<String> names = next.delivered().stream().map(Column::name).toList();
        policies.checks.getOrDefault(table.stream, List.of()).forEach(check -> {
            if (!names.contains(check.field())) {
                codes.add("contract.unknown_field");
            } else {
                checkFits(check, Oracle.byName(next.delivered(), check.field()), codes);
            }
        });
        Policies.Dedupe dedupe = policies.dedupe.get(table.stream);
        for (Column column : next.delivered()) {
            Oracle.rule(policies, table.stream, column).ifPresent(rule -> {
                if (!suits(rule, column)) {
                    codes.add("mask.type_unsuitable");
                }
                boolean identifies = next.deliveredKey().contains(column.name())
                        || dedupe != null && (dedupe.by().isEmpty() || dedupe.by().contains(column.name()));
                if (identifies && !rule.method().injective()) {
                    codes.add("mask.key_not_injective");
                }
                if (dedupe != null && rule.previous().isPresent()
                        && (dedupe.by().isEmpty() || dedupe.by().contains(column.name()))) {
                    codes.add("mask.previous_key_unfit");
                }
            });
        }
        List<Column> masked = Oracle.masked(policies, table.stream, next.delivered());
        List<String> maskedNames = masked.stream().map(Column::name).toList();
        if (dedupe != null && !maskedNames.containsAll(dedupe.by())) {
            codes.add("dedupe.field_unknown");
        }
        shape(next, masked, codes);
        return codes;
    }

    private static void checkFits(Policies.Check check, Column column, Set<String> codes) {
        boolean text = column.type() instanceof ColumnType.Text;
        if (check.pattern().isPresent() && !text || check.min().isPresent() && text) {
            codes.add("contract.unfit_check");
        }
    }

    private static boolean suits(MaskPlan rule, Column column) {
        ColumnType type = column.type();
        boolean single = !(type instanceof ColumnType.Float || type instanceof ColumnType.Interval
                || type instanceof ColumnType.ListOf || type instanceof ColumnType.Struct);
        return switch (rule.method()) {
            case REDACT, NULL, DETECT -> true;
            case HMAC, TOKEN -> single;
            case PARTIAL, FPE -> type instanceof ColumnType.Text;
            case TRUNCATE -> type instanceof ColumnType.Date || type instanceof ColumnType.Timestamp;
        };
    }

    private void shape(View next, List<Column> masked, Set<String> codes) {
        Policies.Shape shape = policies.shape.get(table.stream);
        List<String> names = masked.stream().map(Column::name).toList();
        List<Column> out = masked;
        if (shape != null) {
            List<Formula> formulas = new ArrayList<>(shape.compute().values());
            shape.filter().ifPresent(formulas::add);
            if (!formulas.stream().allMatch(formula -> formula.fits(masked))) {
                codes.addAll(List.of("expression.invalid", "expression.unsupported", "expression.result"));
            }
            if (shape.compute().keySet().stream().anyMatch(names::contains)) {
                codes.add("shape.name_taken");
            }
            List<String> computed = new ArrayList<>(names);
            computed.addAll(shape.compute().keySet());
            List<String> left = shape.select().isEmpty() ? computed : shape.select();
            if (!computed.containsAll(shape.select()) || !left.containsAll(shape.rename().keySet())) {
                codes.add("shape.unknown_field");
                return;
            }
            out = Oracle.renamed(Oracle.selected(Oracle.computed(masked, shape.compute()), shape.select()), shape.rename());
            List<String> renamed = out.stream().map(Column::name).toList();
            if (!renamed.containsAll(shape.cast().keySet())) {
                codes.add("shape.unknown_field");
            }
            if (Set.copyOf(renamed).size() < renamed.size()) {
                codes.add("shape.name_taken");
            }
            for (Column column : out) {
                if (shape.cast().containsKey(column.name()) && !castable(column.type(), shape.cast().get(column.name()))) {
                    codes.add("shape.no_cast");
                }
            }
        }
        Policies.Sample sample = policies.sample.get(table.stream);
        if (sample != null) {
            List<String> sampled = out.stream().map(Column::name).toList();
            if (!sampled.containsAll(sample.by()) || !sampled.containsAll(sample.report())) {
                codes.add("sample.unknown_field");
            }
            for (Column column : out) {
                next.delivered().stream()
                        .filter(origin -> sample.by().contains(column.name()) && origin.id() == column.id())
                        .flatMap(origin -> Oracle.rule(policies, table.stream, origin).stream())
                        .filter(rule -> !rule.method().injective())
                        .forEach(rule -> codes.add("mask.key_not_injective"));
            }
        }
    }

    private static boolean castable(ColumnType from, String to) {
        return !(from instanceof ColumnType.Float) || !to.equals("timestamp");
    }

    /** Codes that a stream may stop with besides: a mask that differs from that of the rows that lie at the target. */
    boolean mayClash(View next) {
        Optional<String> now = maskVersion(next, Side.PRESENT);
        boolean before = !mask.equals(now) && !(mask.isPresent() && mask.equals(maskVersion(next, Side.PREVIOUS)));
        return before && continues();
    }

    /** Whether the next run has to stop, since it would put rows of a column beside older ones that are masked otherwise. */
    boolean mustClash(View next) {
        Map<Integer, String> now = maskById(next, Side.PRESENT);
        Map<Integer, String> joinable = maskById(next, Side.PREVIOUS);
        return !unfinished && continues() && now.entrySet().stream().anyMatch(column -> {
            String before = maskOfColumns.get(column.getKey());
            return before != null && !before.equals(column.getValue()) && !before.equals(joinable.get(column.getKey()));
        });
    }

    /** Whether rows of the next run stand beside older ones: it goes on with a generation that has rows, or adds another copy. */
    boolean continues() {
        return accepted != null && hasBase
                && (table.mode == ReadMode.INCREMENTAL || unfinished || policies.appended.contains(table.stream));
    }

    private boolean hasBase;

    /** The store shows an epoch of the present generation. */
    void based() {
        hasBase = true;
    }

    private enum Side {
        PRESENT,
        PREVIOUS
    }

    private Optional<String> maskVersion(View next, Side side) {
        StringBuilder text = new StringBuilder();
        for (Column column : next.delivered()) {
            Oracle.rule(policies, table.stream, column)
                    .ifPresent(rule -> text.append(column.name()).append('|').append(version(rule, side)).append('\n'));
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(text.toString());
    }

    /** What the mask does to each column, by id; nothing is a version, too. */
    private Map<Integer, String> maskById(View next, Side side) {
        Map<Integer, String> versions = new TreeMap<>();
        for (Column column : next.delivered()) {
            versions.put(column.id(), Oracle.rule(policies, table.stream, column).map(rule -> version(rule, side)).orElse(""));
        }
        return versions;
    }

    private static String version(MaskPlan rule, Side side) {
        boolean former = side == Side.PREVIOUS && rule.method() != MaskPlan.Method.FPE;
        return rule.method() + (rule.method().keyed() ? former ? rule.previous().orElse(rule.key()) : rule.key() : "");
    }

    /** The stream was stopped by its schema, which {@code windrow schema accept} can accept. */
    void stopped() {
        refused = View.of(table.columns, table.key);
    }

    /** Whether a run has refused a schema that nobody has accepted yet. */
    boolean isRefused() {
        return refused != null;
    }

    /** The refused schema was accepted by the command. */
    void acceptRefused() {
        accepted = refused;
        refused = null;
    }

    /** A run planned the stream and prepared its target. */
    void planned(View next) {
        if (next.misfits() == View.Misfits.NONE) {
            accepted = next;
        }
    }

    /**
     * A run began to read.
     *
     * @param resumed the first row that was not committed; with several workers, where the read had begun
     * @param restarts whether the read starts over in a new generation
     */
    void begun(View next, int resumed, boolean restarts) {
        boolean alone = policies.parallelism == 1;
        if (restarts) {
            if (!unfinished && policies.appended.contains(table.stream)) {
                older.addAll(written);
            }
            clear();
        } else if (view != null && unfinished && alone) {
            deliver(view, from, resumed);
            from = resumed;
        }
        view = next;
        maskOfRead = maskVersion(next, Side.PRESENT);
        maskOfReadColumns = maskById(next, Side.PRESENT);
        unfinished = true;
    }

    /** The read has come to its end, and everything is committed. */
    void completed() {
        if (view != null) {
            deliver(view, from, table.log.size());
        }
        from = table.log.size();
        mask = maskOfRead;
        maskOfColumns = maskOfReadColumns;
        unfinished = false;
    }

    private void clear() {
        written.clear();
        aside.clear();
        read = 0;
        duplicates = 0;
        filtered = 0;
        sampledOut = 0;
        from = 0;
        hasBase = false;
        oracle.forget();
    }

    private void deliver(View in, int first, int end) {
        for (int at = first; at < end; at++) {
            read++;
            if (table.undecodable.contains(at)) {
                aside.add(new Fate.Aside(
                        Values.text(table.log.get(at).get(1)), "generated.undecodable", "undecoded"));
                continue;
            }
            switch (oracle.of(in, table.log.get(at))) {
                case Fate.Written row -> written.add(row.cells().toString());
                case Fate.Aside row -> aside.add(row);
                case Fate.Dropped dropped -> {
                    switch (dropped) {
                        case REPEATED -> duplicates++;
                        case FILTERED -> filtered++;
                        case SAMPLED_OUT -> sampledOut++;
                    }
                }
            }
        }
    }

    /** Every row that readers of the target must see. */
    List<String> rows() {
        List<String> rows = new ArrayList<>(older);
        rows.addAll(written);
        return rows;
    }

    /** The rows of the present generation that must have been set aside. */
    List<Fate.Aside> aside() {
        return List.copyOf(aside);
    }

    /** The books of the present generation. */
    Account account() {
        return new Account(read, 0, 0, written.size(), aside.size(), duplicates, filtered, sampledOut, 0, 0, 0);
    }
}
