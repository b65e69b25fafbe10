package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.Source;
import io.windrow.api.source.StreamDescription;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.contract.Compatibility;
import io.windrow.core.contract.SchemaBook;
import io.windrow.core.contract.SchemaChange;
import io.windrow.core.contract.SchemaDiff;
import io.windrow.core.contract.SchemaExport;
import io.windrow.core.contract.SchemaVersion;
import io.windrow.core.contract.TypeNames;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.RollUp;
import io.windrow.core.plan.Plan;
import io.windrow.core.registry.NearestName;
import io.windrow.core.registry.Registry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** The accepted schemas of a pipeline's streams: list, show, diff, check, accept. */
@Command(
        name = "schema",
        description = "Show the accepted schemas of streams, compare and accept.",
        synopsisSubcommandLabel = "(list | show | diff | check | accept)",
        subcommands = {
            SchemaCommand.ListVersions.class, SchemaCommand.Show.class, SchemaCommand.Diff.class, SchemaCheck.class,
            SchemaCommand.Accept.class
        })
final class SchemaCommand implements Runnable {
    @ParentCommand Windrow windrow;

    @Spec CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command: list, show, diff, check or accept");
    }

    /** Lists every version. */
    @Command(name = "list", description = "List the accepted versions of every stream.")
    static final class ListVersions implements Callable<Integer> {
        @ParentCommand SchemaCommand parent;

        @Mixin Target target;

        @Override
        public Integer call() {
            Plan plan = target.plan(Registry.load());
            Map<StreamName, List<SchemaBook.Entry>> accepted;
            Map<StreamName, Boolean> waiting = new java.util.TreeMap<>();
            try (StateStore store = Stores.required(plan.spec())) {
                SchemaBook book = new SchemaBook(store, plan.spec().pipeline());
                accepted = book.accepted();
                accepted.keySet().forEach(stream -> waiting.put(stream, book.refused(stream).isPresent()));
            }
            List<Object> json = new ArrayList<>();
            Table table = Table.of("stream", ">version", ">fields", "owner", "compatibility", "accepted", "note");
            accepted.forEach((stream, entries) -> entries.forEach(entry -> {
                SchemaVersion version = entry.version();
                String note = entry == entries.getLast() && waiting.get(stream) ? "a newer one was refused" : "";
                json.add(Json.object(
                        "stream", stream.toString(), "version", version.schema().version(), "fields",
                        version.schema().columns().size(), "owner", version.owner(), "compatibility",
                        version.compatibility().word(), "accepted", entry.at().toString(), "refused_since", !note.isEmpty()));
                table.row(
                        stream, version.schema().version(), version.schema().columns().size(), version.owner(),
                        version.compatibility().word(), entry.at(), note);
            }));
            if (parent.windrow.json) {
                return parent.windrow.print(Json.object("schemas", json), ExitCode.OK);
            }
            table.print(parent.windrow.screen());
            return ExitCode.OK.value();
        }
    }

    /** One stream of the accepted ones. */
    private static List<SchemaBook.Entry> one(Target target, SchemaBook book) {
        Map<StreamName, List<SchemaBook.Entry>> accepted = book.accepted();
        List<String> names = accepted.keySet().stream().map(StreamName::toString).toList();
        if (target.streams.size() != 1) {
            throw WindrowException.of(
                            CliError.BAD_ARGUMENTS,
                            "Reading the command line: the command is about one stream, given by --stream; there are "
                                    + String.join(", ", names))
                    .remedy("Add --stream NAME.");
        }
        String name = target.streams.getFirst();
        return KnownStreams.named(name, accepted.keySet())
                .map(accepted::get)
                .orElseThrow(() -> WindrowException.of(
                        CliError.NO_STATE,
                        "Looking up the accepted schema of " + name + ": there is none"
                                + NearestName.of(name, names).map(near -> "; did you mean " + near + "?").orElse("")));
    }

    private static SchemaVersion version(List<SchemaBook.Entry> entries, @Nullable Integer number) {
        if (number == null) {
            return entries.getLast().version();
        }
        if (number < 1 || number > entries.size()) {
            throw WindrowException.of(
                            CliError.BAD_ARGUMENTS,
                            "Looking up version " + number + " of " + entries.getLast().version().schema().stream()
                                    + ": there are versions 1 to " + entries.size())
                    .remedy("Run `windrow schema list`.");
        }
        return entries.get(number - 1).version();
    }

    /** Prints one version. */
    @Command(name = "show", description = "Show an accepted schema, or export that of the rows that are delivered, after the pipeline's steps, as Avro or JSON "
            + "Schema.")
    static final class Show implements Callable<Integer> {
        /** How it is printed. */
        enum As {
            TABLE,
            AVRO,
            JSON_SCHEMA
        }

        @ParentCommand SchemaCommand parent;

        @Mixin Target target;

        @Option(names = "--version-number", paramLabel = "N", description = "Which version (the newest).")
        @Nullable Integer number;

        @Option(names = "--as", paramLabel = "FORM", defaultValue = "TABLE", description = "table, avro or json_schema (table).")
        As as;

        @Override
        public Integer call() {
            Plan plan = target.plan(Registry.load());
            SchemaVersion version;
            DeliveredSchema delivered;
            try (StateStore store = Stores.required(plan.spec())) {
                List<SchemaBook.Entry> entries = one(target, new SchemaBook(store, plan.spec().pipeline()));
                version = version(entries, number);
                delivered = DeliveredSchema.of(plan, store, version.schema().stream(), entries.size());
            }
            Screen screen = parent.windrow.screen();
            switch (as) {
                case AVRO -> screen.line(SchemaExport.avro(delivered.of(version.schema(), screen::note)));
                case JSON_SCHEMA -> screen.line(SchemaExport.jsonSchema(delivered.of(version.schema(), screen::note)));
                case TABLE -> {
                    if (parent.windrow.json) {
                        return parent.windrow.print(json(version), ExitCode.OK);
                    }
                    Table table = Table.of("field", "type", "null", "key", "in the source");
                    for (Column column : version.schema().columns()) {
                        table.row(
                                column.name(), TypeNames.of(column.type()), column.nullable() ? "yes" : "no",
                                version.schema().key().contains(column.name()) ? "key" : "", column.sourceType());
                    }
                    table.print(screen);
                }
            }
            return ExitCode.OK.value();
        }

        private static Object json(SchemaVersion version) {
            StreamSchema schema = version.schema();
            return Json.object(
                    "stream", schema.stream().toString(), "version", schema.version(), "owner", version.owner(), "compatibility",
                    version.compatibility().word(), "key", schema.key(), "fields",
                    schema.columns().stream()
                            .map(column -> Json.object(
                                    "name", column.name(), "type", TypeNames.of(column.type()), "nullable", column.nullable(),
                                    "source_type", column.sourceType()))
                            .toList());
        }
    }

    static List<Object> json(List<SchemaChange> changes) {
        List<Object> json = new ArrayList<>();
        changes.forEach(change -> json.add(Json.object(
                "kind", change.kind().word(), "field", change.field(), "before", change.before(), "after", change.after())));
        return json;
    }

    /** Compares two accepted versions. */
    @Command(name = "diff", description = "Show what changed between two accepted versions of a stream.")
    static final class Diff implements Callable<Integer> {
        @ParentCommand SchemaCommand parent;

        @Mixin Target target;

        @Option(names = "--old", paramLabel = "N", description = "The older version (the one before the newest).")
        @Nullable Integer old;

        @Option(names = "--new", paramLabel = "N", description = "The newer version (the newest).")
        @Nullable Integer newer;

        @Override
        public Integer call() {
            Plan plan = target.plan(Registry.load());
            List<SchemaBook.Entry> entries;
            SchemaVersion after;
            Optional<LedgerEntry> first;
            try (StateStore store = Stores.required(plan.spec())) {
                entries = one(target, new SchemaBook(store, plan.spec().pipeline()));
                after = version(entries, newer);
                first = first(store, plan.spec().pipeline(), after.schema());
            }
            SchemaVersion before = version(entries, old == null ? Math.max(1, after.schema().version() - 1) : old);
            List<SchemaChange> changes = SchemaDiff.of(before.schema(), after.schema());
            if (parent.windrow.json) {
                return parent.windrow.print(
                        Json.object(
                                "stream", after.schema().stream().toString(), "old", before.schema().version(), "new",
                                after.schema().version(), "changes", json(changes), "first_epoch", first.map(RollUp::firstEpoch)),
                        ExitCode.OK);
            }
            Screen screen = parent.windrow.screen();
            changes.forEach(change -> screen.line(change.kind().word() + ": " + change));
            screen.line(changes.isEmpty() ? "no change" : changes.size() + " changes");
            screen.line("first delivered: " + first.map(Diff::place).orElse("not yet"));
            return ExitCode.OK.value();
        }

        /** The oldest epoch whose rows have the schema. */
        private static Optional<LedgerEntry> first(StateStore store, String pipeline, StreamSchema schema) {
            AtomicReference<@Nullable LedgerEntry> oldest = new AtomicReference<>();
            store.eachLedger(pipeline, schema.stream(), text -> {
                LedgerEntry entry = LedgerEntry.parse(text);
                if (entry.schemaVersion() == schema.version()) {
                    oldest.set(entry);
                }
            });
            return Optional.ofNullable(oldest.get());
        }

        private static String place(LedgerEntry entry) {
            String places = entry.ranges().stream()
                    .flatMap(range -> range.from().stream().map(from -> ", from position " + from.text() + " of split " + range.split()))
                    .collect(Collectors.joining());
            return "in epoch " + RollUp.firstEpoch(entry) + places;
        }
    }

    /** What the source has now, and can describe. */
    static Map<StreamName, StreamSchema> offered(Source source) {
        return source.discover().stream()
                .filter(StreamDescription::isReadable)
                .map(StreamDescription::schema)
                .collect(Collectors.toMap(StreamSchema::stream, schema -> schema, (one, other) -> one));
    }

    /** Accepts what a run refused or the source has, or changes owner and mode. */
    @Command(
            name = "accept",
            description = "Accept the schema that the last run refused, or with --now what the source has. With --owner or --compatibility "
                    + "and without --now, set these of the accepted schema, which stays.")
    static final class Accept implements Callable<Integer> {
        private static final Duration LEASE = Duration.ofSeconds(30);

        @ParentCommand SchemaCommand parent;

        @Mixin Target target;

        @Option(names = "--now", description = "Accept what the source has now, whether or not a run has refused it.")
        boolean now;

        @Option(names = "--owner", paramLabel = "WHO", description = "Who answers for the stream from now on.")
        @Nullable String owner;

        @Option(
                names = "--compatibility",
                paramLabel = "MODE",
                description = "What later versions must keep: backward, forward, full or none.")
        @Nullable Compatibility compatibility;

        @Override
        public Integer call() {
            Plan plan = target.plan(Registry.load());
            SchemaVersion before;
            SchemaVersion accepted;
            List<SchemaChange> changes;
            try (StateStore store = Stores.required(plan.spec())) {
                SchemaBook book = new SchemaBook(store, plan.spec().pipeline());
                before = version(one(target, book), null);
                StreamSchema schema = wanted(plan, book, before.schema());
                // I11: from then on the next run would not know that the field had another name, under which it was masked.
                plan.steps().checkRenames(before.schema(), schema);
                changes = SchemaDiff.of(before.schema(), schema);
                Lease lease = store.acquire(plan.spec().pipeline(), "windrow schema accept, pid " + ProcessHandle.current().pid(), LEASE);
                try {
                    accepted = book.accept(
                            lease,
                            new SchemaVersion(
                                    schema, owner == null ? before.owner() : owner,
                                    compatibility == null ? before.compatibility() : compatibility),
                            Instant.now());
                    if (now) {
                        book.settle(lease, schema.stream(), Instant.now());
                    }
                } finally {
                    store.release(lease);
                }
            }
            if (parent.windrow.json) {
                return parent.windrow.print(
                        Json.object(
                                "stream", accepted.schema().stream().toString(), "version", accepted.schema().version(), "owner",
                                accepted.owner(), "compatibility", accepted.compatibility().word(), "changes", json(changes)),
                        ExitCode.OK);
            }
            Screen screen = parent.windrow.screen();
            changes.forEach(change -> screen.line(change.toString()));
            screen.line("accepted as version " + accepted.schema().version() + " of " + accepted.schema().stream());
            return ExitCode.OK.value();
        }

        private StreamSchema wanted(Plan plan, SchemaBook book, StreamSchema known) {
            if (now) {
                return offered(plan, known.stream()).orElseThrow(() -> WindrowException.of(
                        CliError.NO_STATE, "Accepting a schema of " + known.stream() + ": the source has no such stream to read now"));
            }
            if (owner != null || compatibility != null) {
                return known;
            }
            return book.refused(known.stream()).orElseThrow(() -> WindrowException.of(
                            CliError.BAD_ARGUMENTS,
                            "Accepting a schema of " + known.stream() + ": no run has refused one since version " + known.version())
                    .remedy("Run the pipeline, or give --now to accept what the source has; or give --owner or --compatibility."));
        }

        /** What the source has now: something else may stop a run before it would refuse that. */
        private Optional<StreamSchema> offered(Plan plan, StreamName stream) {
            try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(parent.windrow.screen()));
                    Source source = plan.openSource(context)) {
                return Optional.ofNullable(SchemaCommand.offered(source).get(stream));
            }
        }
    }
}
