package io.windrow.core.transform.watermark;

import io.windrow.api.config.Origin;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.EventWindows;
import io.windrow.api.source.KeySum;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.ledger.EventTimes;
import io.windrow.core.policy.WatermarkPolicy;
import io.windrow.core.registry.NearestName;
import io.windrow.core.transform.Unchanged;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the rows of some streams by when they happened, before any other step sees them, and changes none. Which rows are
 * late is told by the low watermark that the stream had when the attempt began.
 */
public final class WatermarkTransform implements Transform {
    private final Map<String, WatermarkPolicy> policies;
    private final Map<StreamName, Watermark> begun = new ConcurrentHashMap<>();

    /** The step of some policies, by stream name as {@code namespace.name}. Refuses windows and time zones that are none. */
    public WatermarkTransform(Map<String, WatermarkPolicy> policies) {
        this.policies = Map.copyOf(policies);
        Set<String> zones = ZoneId.getAvailableZoneIds();
        policies.forEach((stream, policy) -> {
            if (policy.window().getNano() != 0 || policy.window().getSeconds() < 1) {
                throw refused(WatermarkError.BAD_WINDOW, stream, policy, "a window of " + policy.window());
            }
            if (!zones.contains(policy.timeZone())) {
                String near = NearestName.of(policy.timeZone(), zones.stream().sorted().toList())
                        .map(nearest -> "; did you mean " + nearest + "?")
                        .orElse("");
                throw refused(WatermarkError.BAD_ZONE, stream, policy, "there is no region " + policy.timeZone() + near);
            }
        });
    }

    /** The same step for one attempt, in which no stream has begun. */
    public WatermarkTransform begin() {
        return new WatermarkTransform(policies);
    }

    /**
     * Says, before the first row of the attempt, where a stream stands.
     *
     * @param input the schema that its rows come in
     * @param committed the event times of the generation's last committed epoch
     * @param keys how to sum up the keys of the rows; empty: not at all
     * @return empty if the stream has no field of event time
     */
    public Optional<Watermark> begin(StreamSchema input, Optional<EventTimes> committed, Optional<KeySum> keys) {
        Optional<Watermark> watermark = windows(input).map(by ->
                Watermark.begin(by, policy(input.stream()).orElseThrow().allowedLateness(), committed, keys));
        watermark.ifPresent(of -> begun.put(input.stream(), of));
        return watermark;
    }

    /** Where it is written that the stream has a field of event time; empty: it has none. */
    public Optional<Origin> origin(StreamName stream) {
        return policy(stream).map(WatermarkPolicy::origin);
    }

    /** What the rows of a schema are counted by; empty if the stream has no field of event time. */
    public Optional<EventWindows> windows(StreamSchema input) {
        return policy(input.stream()).map(policy -> {
            Column column = column(input, policy);
            boolean utc = column.type() instanceof ColumnType.Timestamp timestamp && timestamp.utc();
            return new EventWindows(column.name(), utc, policy.window(), ZoneId.of(policy.timeZone()));
        });
    }

    private Optional<WatermarkPolicy> policy(StreamName stream) {
        return Optional.ofNullable(policies.get(stream.toString()));
    }

    /** Refuses a field of event time among the hidden ones: the ledger would show it (I11). */
    public void check(StreamSchema input, Set<String> hidden) {
        policy(input.stream()).filter(policy -> hidden.contains(policy.field())).ifPresent(policy -> {
            List<String> others = times(input).stream().filter(name -> !hidden.contains(name)).toList();
            throw refused(
                    WatermarkError.FIELD_MASKED, input.stream().toString(), policy,
                    "the field " + policy.field() + " is masked" + near(policy.field(), others));
        });
    }

    @Override
    public BoundTransform bind(StreamSchema input) {
        Optional<EventWindows> windows = windows(input);
        if (windows.isEmpty()) {
            return new Unchanged(input);
        }
        Optional<Watermark> stands = Optional.ofNullable(begun.get(input.stream()));
        return new BoundWatermark(
                input, input.indexOf(windows.get().column()), windows.get(),
                stands.map(Watermark::low).orElse(OptionalLong.empty()), stands.flatMap(Watermark::keys));
    }

    private static Column column(StreamSchema input, WatermarkPolicy policy) {
        int at = input.indexOf(policy.field());
        String stream = input.stream().toString();
        if (at < 0) {
            throw refused(
                    WatermarkError.UNKNOWN_FIELD, stream, policy,
                    "there is no field " + policy.field() + near(policy.field(), times(input)));
        }
        Column column = input.columns().get(at);
        if (!isTime(column)) {
            throw refused(
                    WatermarkError.NOT_A_TIME, stream, policy,
                    "the field " + policy.field() + " is of type " + column.sourceType() + near(policy.field(), times(input)));
        }
        return column;
    }

    private static boolean isTime(Column column) {
        return column.type() instanceof ColumnType.Date || column.type() instanceof ColumnType.Timestamp;
    }

    private static List<String> times(StreamSchema input) {
        return input.columns().stream().filter(WatermarkTransform::isTime).map(Column::name).toList();
    }

    private static String near(String name, List<String> times) {
        return NearestName.of(name, times)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse(times.isEmpty() ? "; no other is a date or timestamp" : "; there are " + String.join(", ", times));
    }

    private static WindrowException refused(WatermarkError error, String stream, WatermarkPolicy policy, String why) {
        return WindrowException.of(error, "Telling when the rows of " + stream + " happened: " + why).at(policy.origin().place());
    }
}
