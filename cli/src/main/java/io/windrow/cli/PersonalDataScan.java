package io.windrow.cli;

import io.windrow.api.batch.Batch;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Sink;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.core.contract.SchemaRules;
import io.windrow.core.plan.Admission;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.plan.Steps;
import io.windrow.core.policy.Governance;
import io.windrow.core.policy.MaskRule;
import io.windrow.core.transform.detect.PersonalData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks for personal data in a sample of each stream and proposes a mask. Shows counts, never values (I11). */
final class PersonalDataScan {
    private final Map<StreamName, List<PersonalData.Found>> found = new LinkedHashMap<>();
    private final Map<StreamName, List<PersonalData.Found>> byChance = new LinkedHashMap<>();
    private final Map<StreamName, Map<String, Long>> tooNested = new LinkedHashMap<>();
    private final MaskProposal proposal;

    /**
     * Reads up to {@code rows} rows of each stream.
     *
     * @param plan the pipeline that the mask is for
     * @param sink its sink, of which nothing is asked but by which columns it places rows
     */
    PersonalDataScan(Plan plan, Source source, Sink sink, Map<StreamName, ReadMode> streams, int rows, Optional<String> region) {
        streams.forEach((stream, mode) -> {
            PersonalData data = new PersonalData(region);
            new RowSample(source, Steps.NONE, SchemaRules.NONE.gate(Map.of()), rows).read(stream, mode, new RowSample.Taker() {
                @Override
                public void schema(StreamSchema schema) {
                    // Batches carry their own.
                }

                @Override
                public void rows(Batch batch, int count) {
                    data.add(batch, count);
                }
            });
            found.put(stream, data.found());
            byChance.put(stream, data.byChance());
            tooNested.put(stream, data.tooNested());
        });
        try (SplitPlanner planner = source.plan(streams.entrySet().stream()
                // No slot is made for a table that is followed: its first copy says what a mask may not hide.
                .map(one -> new StreamRequest(
                        one.getKey(), one.getValue() == ReadMode.CDC ? ReadMode.SNAPSHOT : one.getValue(), 1, Optional.empty()))
                .toList())) {
            List<PlannedStream> planned = plan.streams(source.selected());
            // Where the file does not fit without any mask, the mask is judged by itself.
            Governance now = fits(planned, plan.spec().governance(), source, sink, planner, List.of()) ? plan.spec().governance() : Governance.NONE;
            proposal = new MaskProposal(found, region, rules -> fits(planned, now, source, sink, planner, rules));
        }
    }

    /** Whether a plan would follow these rules beside the other policies. */
    private static boolean fits(
            List<PlannedStream> streams, Governance now, Source source, Sink sink, SplitPlanner planner, List<MaskRule> rules) {
        try {
            Steps steps = Steps.of(new Governance(
                    now.contract(), rules, now.dedupe(), now.transform(), now.sample(), now.watermark(), now.provenance(), now.quarantine(),
                    now.encryption(), now.retention()));
            Admission admission = Admission.of(steps.keepingChanges(streams), SchemaRules.NONE.gate(Map.of()), planner, how -> "by this command");
            Map<StreamName, List<String>> placed = new LinkedHashMap<>();
            admission.plans().keySet().forEach(stream -> placed.put(stream, sink.placedBy(stream)));
            admission.check(source, placed);
            for (PlannedStream stream : streams) {
                @Nullable StreamPlan how = admission.plans().get(stream.stream());
                if (how != null) {
                    stream.check(how.schema(), admission.steps());
                }
            }
            return true;
        } catch (WindrowException e) {
            if (e.kind() != ErrorKind.USER) {
                throw e;
            }
            return false;
        }
    }

    void print(Screen screen) {
        tooNested.forEach((stream, fields) -> fields.forEach((field, values) -> screen.line(
                "Field " + field + " of " + stream + " was searched in part: values with more JSON inside JSON than is searched: "
                        + Screen.number(values) + ". A mask that looks inside the field sets their rows aside.")));
        byChance.forEach((stream, all) -> all.forEach(one -> screen.line("Field " + one.column() + " of " + stream + ": "
                + Screen.number(one.found()) + " of " + Screen.number(one.values()) + " values pass the check of " + word(one)
                + ", no more than chance lets pass; it is left out.")));
        Table table = Table.of("stream", "field", "holds", ">in", ">of values");
        found.forEach((stream, all) -> all.forEach(one -> table.row(
                stream, one.column(), word(one), Screen.number(one.found()), Screen.number(one.values()))));
        if (found.values().stream().allMatch(List::isEmpty)) {
            screen.line("No personal data was found in the sample. That proves nothing of rows outside it.");
            return;
        }
        table.print(screen);
        screen.line("");
        proposal.unhidden().forEach(field -> screen.line("# " + field + ": no mask can hide it, since its values stand in positions or tell rows "
                + "apart. Read the stream by other fields, or leave it out."));
        proposal.yaml().ifPresent(yaml -> {
            screen.line("# A proposal; names, addresses and birthdays are not detected. Methods: docs/how-to/mask-fields.md");
            screen.line(yaml);
        });
    }

    List<Object> json() {
        List<Object> streams = new ArrayList<>();
        found.forEach((stream, all) -> streams.add(Json.object(
                "stream", stream.toString(),
                "fields", all.stream()
                        .map(one -> Json.object(
                                "field", one.column(), "holds", word(one), "found", one.found(), "values", one.values()))
                        .toList(),
                "by_chance", byChance.get(stream).stream()
                        .map(one -> Json.object("field", one.column(), "holds", word(one), "found", one.found(), "values", one.values()))
                        .toList(),
                "too_nested", tooNested.get(stream).entrySet().stream()
                        .map(field -> Json.object("field", field.getKey(), "values", field.getValue()))
                        .toList())));
        return streams;
    }

    MaskProposal proposal() {
        return proposal;
    }

    private static String word(PersonalData.Found one) {
        return one.detector().name().toLowerCase(Locale.ROOT);
    }
}
