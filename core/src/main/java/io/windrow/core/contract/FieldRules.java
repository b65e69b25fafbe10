package io.windrow.core.contract;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.policy.FieldCheck;
import io.windrow.core.registry.NearestName;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Turns what a contract says of one field into checks of its column, or refuses it with its place in the file. */
final class FieldRules {
    private static final int FEW_NAMES = 20;
    private static final int LONGEST_PATTERN = 4_096;

    private final StreamName stream;
    private final FieldCheck wanted;
    private final int index;
    private final Column column;
    private final List<Rule> rules = new ArrayList<>();

    private FieldRules(StreamSchema schema, FieldCheck wanted) {
        this.stream = schema.stream();
        this.wanted = wanted;
        this.index = schema.indexOf(wanted.field());
        if (index < 0) {
            throw unknown(schema);
        }
        this.column = schema.columns().get(index);
    }

    /**
     * A check with what to say of a row that breaks it.
     *
     * @param column the column's place in the batch
     * @param id the column's id
     * @param field the column's name
     * @param check the check; its buffers belong to one thread
     * @param code the code of a broken row
     * @param text why the row is bad, without its value (I11)
     */
    record Rule(int column, int id, String field, ColumnCheck check, ContractError code, String text) {}

    /** The rules of a field in the order in which they are judged: type, null, range, pattern, set. */
    static List<Rule> of(StreamSchema schema, FieldCheck wanted) {
        FieldRules rules = new FieldRules(schema, wanted);
        rules.type();
        if (wanted.notNull()) {
            rules.add(new NullCheck(), ContractError.NULL, "is null");
        }
        rules.range();
        rules.pattern();
        if (!wanted.in().isEmpty()) {
            rules.add(
                    rules.set(), ContractError.NOT_IN_SET,
                    wanted.in().size() == 1 ? "is not the one good value" : "is none of the " + wanted.in().size() + " good values");
        }
        return rules.rules;
    }

    private void add(ColumnCheck check, ContractError code, String text) {
        rules.add(new Rule(index, column.id(), column.name(), check, code, text));
    }

    private void type() {
        if (wanted.type().isEmpty()) {
            return;
        }
        String word = wanted.type().get();
        ColumnType type = TypeNames.parse(word).orElseThrow(() -> refused(
                ContractError.UNKNOWN_TYPE,
                "there is no type " + word
                        + NearestName.of(word, TypeNames.all()).map(near -> "; did you mean " + near + "?").orElse("")));
        if (type.equals(column.type())) {
            return;
        }
        if (!(column.type() instanceof ColumnType.Text)) {
            throw refused(
                    ContractError.TYPE_DIFFERS,
                    "the contract demands " + TypeNames.of(type) + ", the stream has " + TypeNames.of(column.type()) + " ("
                            + column.sourceType() + ")");
        }
        TextForm form = TextForm.of(type).orElseThrow(() ->
                refused(ContractError.UNFIT_CHECK, "texts are not read as " + TypeNames.of(type)));
        add(new TextFormCheck(form), ContractError.TYPE, "is not readable as " + TypeNames.of(type));
    }

    private void range() {
        if (wanted.min().isEmpty() && wanted.max().isEmpty()) {
            return;
        }
        String text = "is not " + wanted.min().map(min -> "from " + min).orElse("") + (wanted.min().isPresent() && wanted.max().isPresent() ? " " : "")
                + wanted.max().map(max -> "up to " + max).orElse("");
        ColumnCheck check = switch (column.type()) {
            case ColumnType.Decimal t -> wide(t);
            case ColumnType.Float t -> floating(t);
            case ColumnType.Int ignored -> whole();
            case ColumnType.Date ignored -> whole();
            case ColumnType.Time ignored -> whole();
            case ColumnType.Timestamp ignored -> whole();
            case ColumnType.Bool ignored -> throw unfit("a range");
            case ColumnType.Text ignored -> throw unfit("a range");
            case ColumnType.Json ignored -> throw unfit("a range");
            case ColumnType.Bytes ignored -> throw unfit("a range");
            case ColumnType.Uuid ignored -> throw unfit("a range");
            case ColumnType.Interval ignored -> throw unfit("a range");
            case ColumnType.ListOf ignored -> throw unfit("a range");
            case ColumnType.Struct ignored -> throw unfit("a range");
        };
        add(check, ContractError.OUT_OF_RANGE, text);
    }

    private ColumnCheck whole() {
        Lane lane = lane();
        Optional<Long> low = wanted.min().map(text -> ordered(lane, "min", text));
        Optional<Long> high = wanted.max().map(text -> ordered(lane, "max", text));
        return new WholeRange(lane, low.orElse(lane.least()), expectOrder(low, high).orElse(lane.greatest()));
    }

    private Lane lane() {
        return Lane.of(column.type()).orElseThrow(() -> unfit("a range or set"));
    }

    private long ordered(Lane lane, String what, String text) {
        OptionalLong value = Literals.whole(column.type(), text);
        return lane.ordered(value.orElseThrow(() -> unreadable(what, text)));
    }

    private ColumnCheck wide(ColumnType.Decimal type) {
        BigInteger end = BigInteger.ONE.shiftLeft(127);
        Optional<BigInteger> low = wanted.min().map(text -> unscaled(type, "min", text));
        Optional<BigInteger> high = wanted.max().map(text -> unscaled(type, "max", text));
        return WideRange.of(low.orElse(end.negate()), expectOrder(low, high).orElse(end.subtract(BigInteger.ONE)));
    }

    private BigInteger unscaled(ColumnType.Decimal type, String what, String text) {
        return Literals.unscaled(type, text).orElseThrow(() -> unreadable(what, text));
    }

    private ColumnCheck floating(ColumnType.Float type) {
        Optional<Double> low = wanted.min().map(text -> floating(type, "min", text));
        Optional<Double> high = wanted.max().map(text -> floating(type, "max", text));
        return FloatCheck.range(
                type.bits(), low.orElse(Double.NEGATIVE_INFINITY), expectOrder(low, high).orElse(Double.POSITIVE_INFINITY));
    }

    private double floating(ColumnType.Float type, String what, String text) {
        return Literals.floating(type, text).orElseThrow(() -> unreadable(what, text)) + 0.0;
    }

    private <T extends Comparable<T>> Optional<T> expectOrder(Optional<T> low, Optional<T> high) {
        if (low.isPresent() && high.isPresent() && low.get().compareTo(high.get()) > 0) {
            throw refused(
                    ContractError.EMPTY_RANGE,
                    "min " + wanted.min().orElseThrow() + " is larger than max " + wanted.max().orElseThrow());
        }
        return high;
    }

    private void pattern() {
        if (wanted.pattern().isEmpty()) {
            return;
        }
        if (!(column.type() instanceof ColumnType.Text)) {
            throw unfit("a pattern");
        }
        String text = wanted.pattern().get();
        if (text.length() > LONGEST_PATTERN) {
            throw refused(ContractError.BAD_PATTERN, "the pattern has more than " + LONGEST_PATTERN + " characters");
        }
        try {
            add(new PatternCheck(Pattern.compile(text)), ContractError.PATTERN, "does not match the pattern");
        } catch (PatternSyntaxException e) {
            throw refused(
                    ContractError.BAD_PATTERN,
                    "the pattern " + text + " is no regular expression: " + e.getDescription()
                            + (e.getIndex() < 0 ? "" : " at its character " + (e.getIndex() + 1)));
        } catch (StackOverflowError e) {
            throw refused(ContractError.BAD_PATTERN, "the pattern is nested too deeply");
        }
    }

    private ColumnCheck set() {
        List<String> members = wanted.in();
        return switch (column.type()) {
            case ColumnType.Text ignored -> new TextSet(members);
            case ColumnType.Bool ignored -> bool(members);
            case ColumnType.Int ignored -> wholeSet(members);
            case ColumnType.Date ignored -> wholeSet(members);
            case ColumnType.Time ignored -> wholeSet(members);
            case ColumnType.Timestamp ignored -> wholeSet(members);
            case ColumnType.Float t ->
                FloatCheck.set(t.bits(), members.stream().mapToDouble(text -> floating(t, "in", text)).toArray());
            case ColumnType.Decimal t -> new WideSet(members.stream()
                    .map(text -> unscaled(t, "in", text))
                    .flatMapToLong(v -> java.util.stream.LongStream.of(v.longValue(), v.shiftRight(64).longValue()))
                    .toArray());
            case ColumnType.Uuid ignored -> new WideSet(members.stream()
                    .map(this::uuid)
                    .flatMapToLong(v -> java.util.stream.LongStream.of(
                            Long.reverseBytes(v.getMostSignificantBits()), Long.reverseBytes(v.getLeastSignificantBits())))
                    .toArray());
            case ColumnType.Json ignored -> throw unfit("a set");
            case ColumnType.Bytes ignored -> throw unfit("a set");
            case ColumnType.Interval ignored -> throw unfit("a set");
            case ColumnType.ListOf ignored -> throw unfit("a set");
            case ColumnType.Struct ignored -> throw unfit("a set");
        };
    }

    private ColumnCheck wholeSet(List<String> members) {
        Lane lane = lane();
        return new WholeSet(lane, members.stream().mapToLong(text -> ordered(lane, "in", text)).toArray());
    }

    private ColumnCheck bool(List<String> members) {
        for (String member : members) {
            if (!member.equals("true") && !member.equals("false")) {
                throw unreadable("in", member);
            }
        }
        boolean first = members.getFirst().equals("true");
        boolean both = members.contains("true") && members.contains("false");
        return both ? (column, from, rows) -> rows : new BoolSet(first);
    }

    private UUID uuid(String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        if (!TextForm.of(new ColumnType.Uuid()).orElseThrow().fits(bytes, bytes.length)) {
            throw unreadable("in", text);
        }
        return UUID.fromString(text);
    }

    private WindrowException unfit(String what) {
        return refused(ContractError.UNFIT_CHECK, what + " does not fit the type " + TypeNames.of(column.type()));
    }

    private WindrowException unreadable(String what, String text) {
        return refused(ContractError.UNREADABLE_VALUE, what + ": " + text + " is no value of type " + TypeNames.of(column.type()));
    }

    private WindrowException unknown(StreamSchema schema) {
        Collection<String> names = TypeNames.names(schema.columns());
        return refused(
                ContractError.UNKNOWN_FIELD,
                "the stream has no such field"
                        + NearestName.of(wanted.field(), names)
                                .map(near -> "; did you mean " + near + "?")
                                .orElse(names.size() <= FEW_NAMES ? "; it has " + String.join(", ", names) : ""));
    }

    private WindrowException refused(ContractError code, String what) {
        return WindrowException.of(code, "Reading the contract of " + stream + ", field " + wanted.field() + ": " + what)
                .at(wanted.origin().place());
    }
}
