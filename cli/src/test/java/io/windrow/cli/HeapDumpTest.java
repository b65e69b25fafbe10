package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.Planner;
import io.windrow.core.quarantine.Quarantine;
import io.windrow.core.registry.Registry;
import io.windrow.core.spec.PipelineFiles;
import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * I11: the values are made by the database, so that this process has them only if the pipeline lets them stay. The dump is of
 * everything that is alive in it once the runs are over, with the whole state loaded.
 */
@Tag("server")
class HeapDumpTest {
    private static final int LONGEST = 64;

    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @Test
    void aHeapDumpWithAllStateLoadedHoldsNoValueOfAMaskedColumn() throws IOException {
        DATABASE.execute(
                "CREATE TABLE secretive (id int PRIMARY KEY, open text, name text, code text, big bigint, amount numeric(30,4),"
                        + " share double precision, at timestamptz, uid uuid, raw bytea, doc jsonb)",
                "INSERT INTO secretive SELECT i, 'open ' || i || md5(random()::text), md5(random()::text),"
                        + " (random() * 1e15)::bigint::text, 4e18::bigint + (random() * 1e17)::bigint,"
                        + " (1e13 + random() * 1e13)::numeric(30,4), random() * 1e-70,"
                        + " '1901-01-01'::timestamptz + random() * interval '20000 days', gen_random_uuid(),"
                        + " decode(md5(random()::text), 'hex'), jsonb_build_object('k', md5(random()::text))"
                        + " FROM generate_series(1, 60) i");
        Path file = Files.writeString(folder.resolve("pipeline.yaml"), """
                pipeline: secretive
                source:
                  postgres:
                    url: "%s"
                    streams: [{table: public.secretive, mode: incremental, guarantee: proven}]
                sink:
                  files: {path: ./out, format: jsonl}
                contract: {streams: {public.secretive: {fields: [{field: id, max: '50'}, {field: name, pattern: '[0-9a-f]+'}]}}}
                mask:
                  - {field: name, with: hmac, key: a key of sixteen bytes or more}
                  - {field: code, with: token, key: a key of sixteen bytes or more}
                  - {field: big, with: hmac, key: a key of sixteen bytes or more}
                  - {field: amount, with: redact}
                  - {field: share, with: 'null'}
                  - {field: at, with: truncate, to: year}
                  - {field: uid, with: hmac, key: a key of sixteen bytes or more}
                  - {field: raw, with: 'null'}
                  - {field: doc, with: 'null'}
                dedupe: {public.secretive: {by: [id], rows: 1000}}
                """.formatted(DATABASE.url()));
        List<String> said = new ArrayList<>();
        for (Object[] words : List.of(
                new Object[] {"run", file}, new Object[] {"run", file}, new Object[] {"verify", "--files", file},
                new Object[] {"--json", "ledger", file}, new Object[] {"quarantine", "show", file})) {
            Invoked done = windrow(words);
            assertThat(done.exit()).as(done.whole()).isZero();
            said.add(done.whole());
        }
        Registry registry = Registry.load();
        Plan plan = new Planner(registry).plan(PipelineFiles.of(registry).read(file));
        Path dump = folder.resolve("state.hprof");
        try (StateStore store = Stores.open(plan.spec())) {
            List<Object> state = new ArrayList<>(List.of(said, plan, store.load("secretive")));
            state.add(store.ledger("secretive", Optional.empty(), 100));
            store.load("secretive").forEach(one -> state.add(store.remembered("secretive", one.stream())));
            new Quarantine(plan.spec().quarantineFolder(), "secretive", Optional.empty())
                    .rows(Quarantine.Filter.ALL, state::add);
            assertThat(state).hasSizeGreaterThan(10);
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(dump.toString(), true);
            Reference.reachabilityFence(state);
        }
        Needles needles = new Needles();
        for (int row = 1; row <= 60; row++) {
            String where = " FROM secretive WHERE id = " + row;
            String hex = text("SELECT encode(raw, 'hex')" + where);
            needles.text("name", text("SELECT name" + where));
            needles.text("code", text("SELECT code" + where));
            needles.whole("big", DATABASE.number("SELECT big" + where));
            String amount = text("SELECT amount::text" + where);
            needles.text("amount", amount);
            needles.whole("amount", new BigDecimal(amount).unscaledValue().longValueExact());
            needles.whole("share", Double.doubleToLongBits(Double.parseDouble(text("SELECT share::text" + where))));
            needles.text("share", text("SELECT share::text" + where));
            needles.whole("at", DATABASE.number("SELECT (extract(epoch FROM at) * 1000000)::bigint" + where));
            UUID uid = UUID.fromString(text("SELECT uid::text" + where));
            needles.text("uid", uid.toString());
            needles.whole("uid", uid.getMostSignificantBits());
            needles.text("raw", hex);
            needles.bytes("raw", HexFormat.of().parseHex(hex));
            needles.text("raw", Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex)));
            needles.text("doc", text("SELECT doc->>'k'" + where));
        }
        // The search finds what is there: a column without a mask, in the lines that quarantine show printed.
        Needles open = new Needles();
        open.text("open", text("SELECT open FROM secretive WHERE id = 51"));
        assertThat(open.in(dump)).containsExactly("open");
        assertThat(needles.in(dump)).isEmpty();
    }

    private static String text(String sql) {
        return String.valueOf(DATABASE.query(sql).getFirst().getFirst());
    }

    /** Byte strings by their first two bytes. */
    private static final class Needles {
        private final List<List<Map.Entry<String, byte[]>>> byStart =
                new ArrayList<>(Collections.nCopies(1 << 16, List.of()));

        void text(String column, String value) {
            bytes(column, value.getBytes(StandardCharsets.UTF_8));
            bytes(column, value.getBytes(StandardCharsets.UTF_16LE));
            bytes(column, value.getBytes(StandardCharsets.UTF_16BE));
        }

        void whole(String column, long value) {
            bytes(column, ByteBuffer.allocate(8).order(ByteOrder.BIG_ENDIAN).putLong(value).array());
            bytes(column, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
        }

        void bytes(String column, byte[] value) {
            byte[] start = Arrays.copyOf(value, Math.min(value.length, LONGEST));
            int at = (start[0] & 0xff) << 8 | start[1] & 0xff;
            List<Map.Entry<String, byte[]>> more = new ArrayList<>(byStart.get(at));
            more.add(Map.entry(column, start));
            byStart.set(at, more);
        }

        /** The columns of which a value stands in the file. */
        TreeSet<String> in(Path file) throws IOException {
            TreeSet<String> found = new TreeSet<>();
            byte[] buffer = new byte[1 << 20];
            int kept = 0;
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
                for (int read = in.read(buffer, kept, buffer.length - kept); read > 0;
                        read = in.read(buffer, kept, buffer.length - kept)) {
                    int end = kept + read;
                    search(buffer, end, found);
                    kept = Math.min(end, LONGEST - 1);
                    System.arraycopy(buffer, end - kept, buffer, 0, kept);
                }
            }
            return found;
        }

        private void search(byte[] buffer, int end, TreeSet<String> found) {
            for (int at = 0; at + 1 < end; at++) {
                for (Map.Entry<String, byte[]> needle :
                        byStart.get((buffer[at] & 0xff) << 8 | buffer[at + 1] & 0xff)) {
                    int last = at + needle.getValue().length;
                    if (last <= end && Arrays.equals(buffer, at, last, needle.getValue(), 0, needle.getValue().length)) {
                        found.add(needle.getKey());
                    }
                }
            }
        }
    }
}
