package io.windrow.testkit.crash;

import io.windrow.testkit.crash.TableChurn.Change;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How rows get from the table into files while the process is killed, and where it can be killed. */
public enum CrashMode {
    /** A snapshot that replaces: each whole read takes the place of the one before. */
    REPLACE("replace", "mode: snapshot", "replace", Change.all(), List.of("files.before_swap", "files.after_swap")),
    /**
     * An incremental read that appends what is new: versions of rows, each once, and of every row the one that it has when the
     * table holds still. It sees no deletes.
     */
    APPEND("append", "mode: incremental, cursor: updated_at", "append", Change.all(), List.of()),
    /** A snapshot that appends: each whole read is added; an unfinished one is taken back. */
    SNAPSHOT_APPEND("snapshot-append", "mode: snapshot", "append", Change.all(), List.of("files.after_supersede")),
    /** A snapshot in ranges of the key, each of its own moment, that goes on after a kill and replaces. */
    KEY_RANGE(
            "key-range",
            "mode: snapshot, consistency: per_range",
            "replace",
            Change.all(),
            List.of("files.before_swap", "files.after_swap")),
    /**
     * An incremental read of a table that holds every row of the changing one several times, in splits, epochs and runs
     * apart; what is repeated is dropped.
     */
    DEDUPE(
            "dedupe",
            "mode: incremental, cursor: updated_at",
            "append",
            EnumSet.of(Change.INSERT, Change.VACUUM),
            List.of()),
    /** The change log behind a first copy, appended; folded, it is the table. */
    CHANGES("changes", "mode: cdc", "append", Change.all(), List.of("postgres.before_log", "run.after_release"));

    private static final String COPY = "postgres.before_copy";
    private static final List<String> EVERYWHERE = List.of(
            COPY, "run.after_read", "run.after_transform", "run.after_stage",
            "run.after_save_prepared", "run.after_commit", "run.after_save_committed", "run.after_acknowledge", "run.before_end",
            "files.after_write", "files.before_sync", "files.after_stage", "files.before_publish", "files.after_rename",
            "files.before_manifest", "files.after_manifest");

    private final String word;
    private final String stream;
    private final String write;
    private final Set<Change> changes;
    private final List<String> more;

    CrashMode(String word, String stream, String write, Set<Change> changes, List<String> more) {
        this.word = word;
        this.stream = stream;
        this.write = write;
        this.changes = Set.copyOf(changes);
        this.more = List.copyOf(more);
    }

    /** As it is spelled on the command line. */
    public String word() {
        return word;
    }

    /** The places that a run in this mode passes. */
    public List<String> failpoints() {
        List<String> places = new ArrayList<>(EVERYWHERE);
        places.addAll(more);
        if (this == CHANGES) {
            // It is copied once, so only the first start passes there.
            places.remove(COPY);
        }
        return places;
    }

    /** By place, the place of a kill that makes the next start pass it. */
    Map<String, String> preludes() {
        return Map.of("files.after_supersede", "run.after_save_committed");
    }

    /** What may happen to the table without the mode being asked for more than it promises. */
    Set<Change> changes() {
        return changes;
    }

    /** The table that is read when {@code changing} changes. */
    String source(String changing) {
        return this == DEDUPE ? "repeated" : changing;
    }

    /**
     * Makes the table that is read out of the one that changes, which holds still meanwhile: each row twice, and with each
     * new row an older one again.
     */
    List<String> preparation(String changing) {
        if (this != DEDUPE) {
            return List.of();
        }
        String copy = "INSERT INTO repeated (id, payload) SELECT id, payload FROM " + changing;
        return List.of(
                "CREATE TABLE repeated (n bigserial PRIMARY KEY, id bigint, payload text, "
                        + "updated_at timestamptz NOT NULL DEFAULT now())",
                copy,
                copy,
                "CREATE FUNCTION repeat() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                        + "INSERT INTO repeated (id, payload) VALUES (NEW.id, NEW.payload), (NEW.id, NEW.payload); "
                        + copy + " WHERE id = 1 + NEW.id * 7919 % 3000; RETURN NULL; END $$",
                "CREATE TRIGGER repeat AFTER INSERT ON " + changing + " FOR EACH ROW EXECUTE FUNCTION repeat()",
                "ANALYZE repeated");
    }

    /** Whether the target holds changes, which make the table when they are folded. */
    boolean keepsChanges() {
        return this == CHANGES;
    }

    /** Whether the target holds versions of rows beside each other, also of rows that are gone. */
    boolean keepsVersions() {
        return this == APPEND;
    }

    /** Whether the target holds one whole read after the other. */
    boolean keepsGenerations() {
        return this == SNAPSHOT_APPEND;
    }

    /** The pipeline file. */
    String pipeline(String url, String table) {
        return """
                pipeline: crash
                source:
                  postgres:
                    url: '%s'
                    split_size: 64KiB
                    batch_rows: 200
                    streams:
                      - {table: public.%s, %s}
                sink:
                  files: {path: ./out, format: jsonl}
                write: {public.%s: %s}
                run: {epoch_rows: 700}
                %s""".formatted(url, table, stream, table, write, this == DEDUPE ? dedupe(table) : "");
    }

    private static String dedupe(String table) {
        return "dedupe: {public." + table + ": {by: [id]}}\n";
    }
}
