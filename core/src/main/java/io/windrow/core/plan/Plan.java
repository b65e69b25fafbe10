package io.windrow.core.plan;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.sink.SinkTraits;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceFactory;
import io.windrow.api.source.SourceTraits;
import io.windrow.core.contract.SchemaRules;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.policy.QuarantinePolicy;
import io.windrow.core.policy.RetentionPolicy;
import io.windrow.core.quarantine.QuarantineSink;
import io.windrow.core.quarantine.QuarantineTally;
import io.windrow.core.registry.NearestName;
import io.windrow.core.seal.SealRules;
import io.windrow.core.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A pipeline that may be run: its spec, what both ends can do and the guarantee that follows. Immutable.
 *
 * @param spec the pipeline
 * @param sourceFactory makes the source
 * @param sinkFactory makes the sink
 * @param sourceTraits what the source can do
 * @param sinkTraits what the sink can do
 * @param guarantee what the pipeline keeps
 */
public record Plan(
        PipelineSpec spec,
        SourceFactory<?> sourceFactory,
        SinkFactory<?> sinkFactory,
        SourceTraits sourceTraits,
        SinkTraits sinkTraits,
        EffectiveGuarantee guarantee) {
    /** Makes the source. No I/O. The caller closes it. */
    public Source openSource(Context context) {
        return open(sourceFactory, spec.source().config(), context);
    }

    /** Makes the sink. No I/O. The caller closes it. */
    public Sink openSink(Context context) {
        return open(sinkFactory, spec.sink().config(), holding(context));
    }

    private Context holding(Context context) {
        List<String> hold = spec.governance().retention().map(RetentionPolicy::hold).orElse(List.of());
        return hold.isEmpty() ? context : new HoldingContext(context, hold);
    }

    /** Whether nothing of a stream may be deleted: it is on legal hold, or the change log is that its rows are folded from. */
    public boolean isHeld(StreamName stream) {
        return PlannedStream.isOfAny(stream, spec.governance().retention().map(RetentionPolicy::hold).orElse(List.of()));
    }

    /** Makes the sinks of one run: each also takes the rows that are set aside, and all count them together. No I/O. */
    public Function<Context, Sink> runSinks() {
        QuarantineTally tally =
                new QuarantineTally(spec.governance().quarantine().map(QuarantinePolicy::limit).orElse(0L));
        return context -> new QuarantineSink(openSink(context), holding(context), spec.quarantineFolder(), tally);
    }

    /** What is encrypted, with whose keys. */
    public SealRules seals() {
        return SealRules.of(spec.governance());
    }

    /** What happens to rows between source and sink. */
    public Steps steps() {
        return Steps.of(spec.governance());
    }

    /** The key of the row hashes that the pipeline file names; empty: the one that the state store keeps. */
    public Optional<HashKey> hashKey() {
        return spec.run().hashKey().map(HashKey::of);
    }

    /** What the pipeline says about the schemas of its streams. */
    public SchemaRules schemas() {
        return new SchemaRules(
                spec.file(), spec.governance().contract(),
                spec.owner().team().or(spec.owner()::email).orElse(""));
    }

    /** The streams of {@link Source#selected()} with their write modes, after refusing what cannot be. */
    public List<PlannedStream> streams(Map<StreamName, ReadMode> selected) {
        if (selected.isEmpty()) {
            throw WindrowException.of(PlanError.NO_STREAMS, "Planning " + spec.pipeline() + ": no stream is selected")
                    .at(spec.source().place());
        }
        List<String> names = selected.keySet().stream().map(StreamName::toString).toList();
        for (String written : spec.write().keySet()) {
            if (!names.contains(written)) {
                throw unknown(written, names).at(spec.file() + " write." + written);
            }
        }
        refuseOthers(spec.governance().streams(), names);
        refuseOthers(ofSink(sinkFactory, spec.sink()), delivered(selected));
        List<PlannedStream> streams = new ArrayList<>();
        selected.forEach((stream, mode) -> streams.add(new PlannedStream(stream, mode, writeMode(stream, mode))));
        return streams;
    }

    /**
     * Refuses a retention of streams that are none of these: a misspelt legal hold would hold nothing, and a misspelt period
     * would be that of all the others.
     *
     * @param known streams that were delivered or are selected
     */
    public void refuseRetentionOfOthers(Collection<StreamName> known) {
        spec.governance().retention().ifPresent(policy ->
                refuseOthers(policy.named(), known.stream().map(StreamName::toString).toList()));
    }

    /** The names under which a target may hold streams: with each change log goes what {@code compact} makes of it. */
    private static List<String> delivered(Map<StreamName, ReadMode> selected) {
        List<String> names = new ArrayList<>();
        selected.forEach((stream, mode) -> {
            names.add(stream.toString());
            if (mode == ReadMode.CDC) {
                names.add(PlannedStream.folded(stream).toString());
            }
        });
        return names;
    }

    private static void refuseOthers(Map<String, String> named, List<String> names) {
        named.forEach((place, stream) -> {
            if (!names.contains(stream)) {
                throw unknown(stream, names).at(place);
            }
        });
    }

    /** The stream of that name among the selected ones; an error names the nearest. Accepts the name without its namespace if only one stream has it. */
    public StreamName stream(String name, Map<StreamName, ReadMode> selected) {
        List<StreamName> byName = new ArrayList<>();
        for (StreamName stream : selected.keySet()) {
            if (stream.toString().equals(name)) {
                return stream;
            }
            if (stream.name().equals(name)) {
                byName.add(stream);
            }
        }
        if (byName.size() == 1) {
            return byName.getFirst();
        }
        throw unknown(name, selected.keySet().stream().map(StreamName::toString).toList());
    }

    /**
     * How the rows of a stream change the target: what the pipeline says, else a snapshot replaces and anything else
     * appends. A snapshot is mirrored by replacing: it shows all rows that there are, and no deletes.
     */
    public WriteMode writeMode(StreamName stream, ReadMode read) {
        WriteMode said = Optional.ofNullable(spec.write().get(stream.toString()))
                .orElse(read == ReadMode.SNAPSHOT ? WriteMode.REPLACE : WriteMode.APPEND);
        WriteMode mode = said == WriteMode.MIRROR && read == ReadMode.SNAPSHOT ? WriteMode.REPLACE : said;
        if (!sourceTraits.modes().contains(read)) {
            throw WindrowException.of(
                            PlanError.READ_MODE_UNSUPPORTED,
                            "Planning stream " + stream + ": the source reads in the modes " + sourceTraits.modes()
                                    + ", not " + read)
                    .at(spec.source().place());
        }
        if (!sinkTraits.modes().contains(mode)) {
            throw WindrowException.of(
                            PlanError.WRITE_MODE_UNSUPPORTED,
                            "Planning stream " + stream + ": the sink writes in the modes " + sinkTraits.modes() + ", not "
                                    + mode)
                    .at(spec.sink().place());
        }
        if (mode == WriteMode.REPLACE && read != ReadMode.SNAPSHOT) {
            throw WindrowException.of(
                            PlanError.WRITE_MODE_LOSES,
                            "Planning stream " + stream + ": write mode replace would drop the rows of earlier runs, since "
                                    + "mode " + read.name().toLowerCase(java.util.Locale.ROOT) + " reads only new ones")
                    .at(spec.file() + " write." + stream);
        }
        if (mode == WriteMode.HISTORY && read != ReadMode.CDC) {
            throw WindrowException.of(
                            PlanError.WRITE_MODE_NEEDS_CHANGES,
                            "Planning stream " + stream + ": write mode history keeps every version with its commit time, and "
                                    + "mode " + read.name().toLowerCase(java.util.Locale.ROOT) + " shows neither")
                    .at(spec.file() + " write." + stream);
        }
        return mode;
    }

    private static WindrowException unknown(String name, List<String> names) {
        String near = NearestName.of(name, names)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse(names.size() <= 20 ? "; there are " + String.join(", ", names) : "");
        return WindrowException.of(
                PlanError.UNKNOWN_STREAM, "Looking up the stream " + name + ": the pipeline reads no such stream" + near);
    }

    private static <C extends Record> Map<String, String> ofSink(SinkFactory<C> factory, PipelineSpec.Side sink) {
        Map<String, String> streams = new LinkedHashMap<>();
        factory.streams(factory.config().cast(sink.config()))
                .forEach((path, stream) -> streams.put(sink.place() + "." + path, stream));
        return streams;
    }

    private static <C extends Record> Source open(SourceFactory<C> factory, Record config, Context context) {
        return factory.create(factory.config().cast(config), context);
    }

    private static <C extends Record> Sink open(SinkFactory<C> factory, Record config, Context context) {
        return factory.create(factory.config().cast(config), context);
    }
}
