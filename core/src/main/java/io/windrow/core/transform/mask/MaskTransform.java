package io.windrow.core.transform.mask;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.policy.MaskRule;
import io.windrow.core.registry.NearestName;
import io.windrow.core.transform.NewColumns;
import io.windrow.core.transform.detect.Finders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The mask of a pipeline. Immutable. */
public final class MaskTransform implements Transform {
    /** The name of the mask's version among the policies of a ledger entry. */
    public static final String POLICY = "mask";

    /** The name of what the mask does to each column, there too, also where it does nothing to any. */
    public static final String COLUMNS = "mask.columns";

    private static final int MIN_KEY = 16;

    private final List<Compiled> rules;

    private record Compiled(MaskRule rule, Optional<FieldPattern> field) {}

    /**
     * A mask of rules. The first for the whole of a field decides, wherever it stands; without one, all that look inside the
     * field count, and without any of these, all that look inside every text. Refuses rules that cannot be followed for any
     * stream.
     */
    public MaskTransform(List<MaskRule> rules) {
        List<Compiled> compiled = new ArrayList<>();
        for (MaskRule rule : rules) {
            compiled.add(compile(rule));
        }
        this.rules = List.copyOf(compiled);
    }

    private static Compiled compile(MaskRule rule) {
        if (rule.field().isEmpty() && rule.detect().isEmpty()) {
            throw WindrowException.of(
                            MaskError.RULE_AMBIGUOUS, "Reading a mask rule: it has neither `field` nor `detect`")
                    .at(rule.origin().place());
        }
        switch (rule.with()) {
            case HMAC, TOKEN, FPE -> key(rule, rule.key());
            case TRUNCATE -> {
                if (!rule.detect().isEmpty()) {
                    throw unsuitable("content that is detected", rule, "redact, partial, hmac, token or fpe");
                }
            }
            case REDACT, NULL, PARTIAL -> {}
        }
        if (rule.previousKey().isPresent()) {
            if (!isWhole(rule) || rule.with() != MaskRule.Method.HMAC && rule.with() != MaskRule.Method.TOKEN) {
                throw previousUnfit(rule, "Reading a mask rule: beside " + (isWhole(rule) ? "what " + word(rule) + " makes" : "a find")
                        + " stands no former token");
            }
            key(rule, rule.previousKey());
        }
        return new Compiled(rule, rule.field().map(FieldPattern::of));
    }

    private static WindrowException previousUnfit(MaskRule rule, String why) {
        return WindrowException.of(MaskError.PREVIOUS_KEY_UNFIT, why).at(rule.origin().place());
    }

    private static byte[] key(MaskRule rule, Optional<Secret> given) {
        byte[] key = given
                .orElseThrow(() -> WindrowException.of(
                                MaskError.KEY_MISSING,
                                "Reading a mask rule: " + word(rule) + " has no key")
                        .at(rule.origin().place()))
                .reveal()
                .getBytes(StandardCharsets.UTF_8);
        if (key.length < MIN_KEY) {
            throw WindrowException.of(
                            MaskError.KEY_WEAK,
                            "Reading a mask rule: the key of " + word(rule) + " has " + key.length + " bytes, at least "
                                    + MIN_KEY + " are needed")
                    .at(rule.origin().place());
        }
        return key;
    }

    /**
     * Refuses a field that none of the streams has, or a pattern that fits no field of any: a rule that hides nothing is misspelt.
     * Refuses a field of a stream that is read which no rule names, and one would but for the case of letters: it would go out clear.
     *
     * @param streams the streams that are read
     * @param others those that are not; asked for only if no stream that is read has the field. One without columns cannot be
     *     described now: a rule that is written for it by its name is taken for right
     */
    public void check(Collection<StreamSchema> streams, Supplier<Collection<StreamSchema>> others) {
        for (Compiled compiled : rules) {
            Optional<String> name = compiled.rule().field();
            if (name.isPresent() && !isKnown(compiled, streams) && !isKnown(compiled, others.get())) {
                List<String> known = streams.stream()
                        .flatMap(schema -> schema.columns().stream()
                                .flatMap(column -> Stream.of(column.name(), schema.stream() + "." + column.name())))
                        .toList();
                throw WindrowException.of(
                                MaskError.FIELD_UNKNOWN,
                                "Binding the mask: no stream has a field " + name.get()
                                        + NearestName.of(FieldPattern.written(name.get()), known).map(near -> "; the nearest is " + near).orElse(""))
                        .at(compiled.rule().origin().place());
            }
        }
        new Spelling(rules.stream().map(Compiled::rule).toList()).check(streams);
    }

    private static boolean isKnown(Compiled compiled, Collection<StreamSchema> streams) {
        String field = compiled.rule().field().orElseThrow();
        return streams.stream().anyMatch(schema -> schema.columns().isEmpty()
                ? field.startsWith(schema.stream().name() + ".")
                        || field.startsWith(schema.stream().namespace() + "." + schema.stream().name() + ".")
                : schema.columns().stream().anyMatch(column -> compiled.field().orElseThrow().names(schema, column)));
    }

    /**
     * Refuses a schema in which a field has a new name of which the rules hide less than of the old one: values that they
     * hid would go out clear. Where a source knows columns by their names alone, a field that is new may be one that is gone.
     *
     * @param accepted the schema that rows were delivered in last
     * @param offered the one that they would be delivered in now
     * @param oldNames accepted names of the offered fields that were accepted, by their offered names
     */
    public void checkRenames(StreamSchema accepted, StreamSchema offered, Map<String, String> oldNames) {
        new Renames(this::naming).check(accepted, offered, oldNames);
    }

    /** The same of a field that is delivered under an accepted name of which the rules hide less than of its own. */
    public void checkKept(StreamSchema accepted, StreamSchema offered, Map<String, String> oldNames) {
        new Renames(this::naming).checkKept(accepted, offered, oldNames);
    }

    /** Whether rows may be set aside: those with a value that cannot be encrypted in its format, or searched to its end. */
    public boolean setsAside() {
        return rules.stream().map(Compiled::rule).anyMatch(rule -> rule.with() == MaskRule.Method.FPE || !isWhole(rule));
    }

    static boolean isWhole(MaskRule rule) {
        return rule.detect().isEmpty();
    }

    /** The rules that decide over a field: one for the whole of it, or all that look inside it; empty: it goes out as it is. */
    private List<MaskRule> deciding(StreamSchema schema, Column column) {
        List<MaskRule> named = naming(schema, column);
        Optional<MaskRule> whole = named.stream().filter(MaskTransform::isWhole).findFirst();
        if (whole.isPresent()) {
            return List.of(whole.get());
        }
        return named.isEmpty() && isSearched(column)
                ? rules.stream().map(Compiled::rule).filter(rule -> rule.field().isEmpty()).toList()
                : named;
    }

    private List<MaskRule> naming(StreamSchema schema, Column column) {
        return rules.stream()
                .filter(rule -> rule.field().isPresent() && rule.field().get().names(schema, column))
                .map(Compiled::rule)
                .filter(rule -> isSearched(column) || !searchesMany(rule))
                .toList();
    }

    /** Whether it looks into whatever fields fit a pattern: those that hold no text are none of them. */
    private static boolean searchesMany(MaskRule rule) {
        return !rule.detect().isEmpty() && rule.field().filter(field -> field.indexOf('*') >= 0).isPresent();
    }

    /**
     * Refuses a mask under which rows may not stand beside those of an earlier one; versions are those of the ledger.
     *
     * @param purging what deletes at the target all that was delivered, where no command of Windrow's does
     */
    public static void continues(
            StreamName stream, Map<String, String> delivered, Map<String, String> now, Optional<String> purging) {
        if (!isContinued(delivered, now)) {
            throw WindrowException.of(
                            MaskError.CHANGED,
                            "Continuing stream " + stream + ": the rows delivered before "
                                    + version(delivered).map(version -> "follow mask version " + version).orElse("are not masked")
                                    + ", now "
                                    + version(now).map(version -> "version " + version + " is asked for").orElse("no mask is asked for"))
                    .remedy(purging.map(statement -> "Stop who reads the table and delete it: `" + statement + "`. Then run ").orElse("Run ")
                            + "`windrow run --full-refresh --stream " + stream + "`, which opens a new generation, then "
                            + "`windrow dispose --former-masks --apply FILE`, which deletes what older generations "
                            + (purging.isEmpty() ? "delivered and set aside" : "set aside")
                            + " under the former mask; or, after a change of key, give the old one as `previous_key`.");
        }
    }

    /**
     * Whether rows of two ledger entries follow one mask: every column that both have is treated alike. A column that came or
     * went changes no mask. Of entries from before columns were told apart, only the version of the whole speaks.
     */
    public static boolean isSame(Map<String, String> delivered, Map<String, String> now) {
        return version(delivered).equals(version(now))
                || columns(delivered, now, (was, is) -> ColumnVersions.current(was).equals(ColumnVersions.current(is)));
    }

    /** The same, or what was delivered follows the previous key of the present mask. */
    private static boolean isContinued(Map<String, String> delivered, Map<String, String> now) {
        return isSame(delivered, now)
                || version(delivered).isPresent() && version(delivered).equals(Optional.ofNullable(now.get("mask.previous")))
                || columns(delivered, now, ColumnVersions::follows);
    }

    private static boolean columns(Map<String, String> delivered, Map<String, String> now, BiPredicate<String, String> alike) {
        String before = delivered.get(COLUMNS);
        String columns = now.get(COLUMNS);
        return before != null && columns != null && ColumnVersions.agree(before, columns, alike);
    }

    private static Optional<String> version(Map<String, String> policies) {
        return Optional.ofNullable(policies.get(POLICY));
    }

    @Override
    public BoundTransform bind(StreamSchema input) {
        List<Optional<ColumnMask>> masks = new ArrayList<>();
        boolean any = false;
        Set<Integer> ids = input.columns().stream().map(Column::id).collect(Collectors.toCollection(HashSet::new));
        for (Column column : input.columns()) {
            Optional<ColumnMask> mask = mask(input, column, ids);
            if (mask.isPresent() && input.key().contains(column.name()) && !mask.get().injective()) {
                throw WindrowException.of(
                                MaskError.KEY_NOT_INJECTIVE,
                                "Masking key field " + column.name() + " of " + input.stream() + ": "
                                        + mask.get().version().split(" ")[0] + " can make different keys the same")
                        .at(deciding(input, column).getFirst().origin().place());
            }
            any |= mask.isPresent();
            masks.add(mask);
        }
        return any ? new BoundMask(input, masks, this::concerned) : new UnmaskedRows(input, this::concerned);
    }

    /**
     * Refuses a former key of a field of the key: under its new token a row is another one, and the one that was delivered under
     * the former token would stay as it is.
     */
    public void checkKey(StreamSchema schema) {
        for (String field : schema.key()) {
            deciding(schema, schema.columns().get(schema.indexOf(field))).stream()
                    .filter(rule -> rule.previousKey().isPresent())
                    .findFirst()
                    .ifPresent(rule -> {
                        throw previousUnfit(rule, "Masking key field " + field + " of " + schema.stream()
                                + ": rows that were delivered under former tokens would not be found under the new ones");
                    });
        }
    }

    /** The columns of a layout that a rule names, or in which one would look for what it hides. */
    private Set<String> concerned(StreamSchema schema) {
        return schema.columns().stream()
                .filter(column -> !deciding(schema, column).isEmpty())
                .map(Column::name)
                .collect(Collectors.toSet());
    }

    private static boolean isSearched(Column column) {
        return Finders.search(column.type());
    }

    private Optional<ColumnMask> mask(StreamSchema schema, Column column, Set<Integer> ids) {
        List<MaskRule> deciding = deciding(schema, column);
        if (deciding.isEmpty()) {
            return Optional.empty();
        }
        MaskRule first = deciding.getFirst();
        if (isWhole(first)) {
            ColumnMask whole = whole(first, column, ids);
            whole.output().stream().skip(1).map(Column::name).filter(name -> schema.indexOf(name) >= 0).findFirst().ifPresent(taken -> {
                throw previousUnfit(first, "Masking field " + column.name() + " of " + schema.stream() + ": its former token would be called "
                        + taken + ", as another field of the stream is");
            });
            return Optional.of(whole);
        }
        if (!isSearched(column)) {
            throw noText(first, schema, column);
        }
        return Optional.of(new ContentMask(
                column, deciding.stream().flatMap(rule -> finding(rule).stream()).toList()));
    }

    private static List<ContentRules.Rule> finding(MaskRule rule) {
        List<ContentRules.Rule> finding = new ArrayList<>();
        for (MaskRule.Detector detector : rule.detect()) {
            Optional<TextMask.TextChange> change = change(rule);
            finding.add(new ContentRules.Rule(
                    detector, Finders.of(detector, rule.region()), change,
                    detector.name().toLowerCase(Locale.ROOT) + " " + change.map(TextMask.TextChange::version).orElse("null")));
        }
        return finding;
    }

    private static WindrowException noText(MaskRule rule, StreamSchema schema, Column column) {
        List<String> texts = schema.columns().stream().filter(MaskTransform::isSearched).map(Column::name).toList();
        return WindrowException.of(
                        MaskError.TYPE_UNSUITABLE,
                        "Looking for " + rule.detect().getFirst().name().toLowerCase(Locale.ROOT) + " in field " + column.name()
                                + " of type " + column.sourceType() + ": only text and JSON are searched"
                                + NearestName.of(column.name(), texts)
                                        .map(near -> "; did you mean " + near + "?")
                                        .orElse(texts.isEmpty() ? "" : "; there are " + String.join(", ", texts)))
                .at(rule.origin().place())
                .remedy("Name a field of text or JSON, or mask this one as a whole, without `detect`.");
    }

    /** The place in the file of the first rule that decides over a field, for an error; empty if none does. */
    public Optional<String> place(StreamSchema schema, String field) {
        int at = schema.indexOf(field);
        return at < 0
                ? Optional.empty()
                : deciding(schema, schema.columns().get(at)).stream().map(rule -> rule.origin().place()).findFirst();
    }

    /** What becomes of a whole field; ids in use are given, in case it becomes two. */
    private static ColumnMask whole(MaskRule rule, Column column, Set<Integer> ids) {
        boolean text = column.type() instanceof ColumnType.Text;
        return switch (rule.with()) {
            case REDACT -> new FixedMask(column, rule.text());
            case NULL -> new NullMask(column);
            case HMAC -> keyed(rule, column, ids, KeyedMask.Form.HMAC);
            case TOKEN -> keyed(rule, column, ids, KeyedMask.Form.TOKEN);
            case PARTIAL, FPE -> {
                if (!text) {
                    throw unsuitable("field " + column.name() + " of type " + column.sourceType(), rule, "hmac, token, redact or null");
                }
                yield new TextMask(column, change(rule).orElseThrow());
            }
            case TRUNCATE -> {
                boolean timed = column.type() instanceof ColumnType.Timestamp
                        || column.type() instanceof ColumnType.Date && rule.to() != MaskRule.Truncation.HOUR;
                if (!timed) {
                    throw unsuitable("field " + column.name() + " of type " + column.sourceType(), rule, "redact or null");
                }
                yield new TruncateMask(column, rule.to());
            }
        };
    }

    private static ColumnMask keyed(MaskRule rule, Column column, Set<Integer> ids, KeyedMask.Form form) {
        Texts texts = Texts.of(column)
                .orElseThrow(() -> unsuitable(
                        "field " + column.name() + " of type " + column.sourceType(), rule, "redact or null"));
        List<byte[]> keys = new ArrayList<>();
        keys.add(key(rule, rule.key()));
        if (rule.previousKey().isPresent()) {
            keys.add(key(rule, rule.previousKey()));
        }
        return new KeyedMask(column, texts, form, keys, NewColumns.id(column.name() + KeyedMask.PREVIOUS, ids));
    }

    /** What becomes of a text or of a find inside it; empty: the value becomes null. */
    private static Optional<TextMask.TextChange> change(MaskRule rule) {
        return switch (rule.with()) {
            case REDACT -> Optional.of(new Replace(rule.text()));
            case PARTIAL -> Optional.of(new Partial(rule.keepStart(), rule.keepEnd()));
            case FPE -> Optional.of(new FormatPreserving(rule.alphabet(), key(rule, rule.key())));
            case HMAC -> Optional.of(new KeyedText(KeyedMask.Form.HMAC, key(rule, rule.key())));
            case TOKEN -> Optional.of(new KeyedText(KeyedMask.Form.TOKEN, key(rule, rule.key())));
            case NULL -> Optional.empty();
            case TRUNCATE -> throw unsuitable("text", rule, "partial");
        };
    }

    private static WindrowException unsuitable(String what, MaskRule rule, String instead) {
        return WindrowException.of(
                        MaskError.TYPE_UNSUITABLE,
                        "Masking " + what + " by " + word(rule) + ": the method does not fit")
                .at(rule.origin().place())
                .remedy("Use " + instead + ".");
    }

    private static String word(MaskRule rule) {
        return rule.with().name().toLowerCase(Locale.ROOT);
    }
}
