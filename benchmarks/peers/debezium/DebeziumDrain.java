import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Debezium's embedded engine, its records counted and dropped. Run from its source with the jars that `install debezium`
 * fetched; arguments: port, then any of Debezium's settings as name=value. Reads lines "SLOT EVENTS" from its input and
 * answers each with "SECONDS CPU_SECONDS", from the start of the engine to the arrival of that many changes.
 */
public final class DebeziumDrain {
    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split(" ");
            System.out.println(drain(arguments, words[0], Long.parseLong(words[1])));
        }
    }

    private static String drain(String[] arguments, String slot, long wanted) throws Exception {
        Properties settings = new Properties();
        settings.setProperty("name", "peer");
        settings.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        settings.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        settings.setProperty("offset.flush.interval.ms", "60000");
        settings.setProperty("topic.prefix", "peer");
        settings.setProperty("database.hostname", "127.0.0.1");
        settings.setProperty("database.port", arguments[0]);
        settings.setProperty("database.user", "postgres");
        settings.setProperty("database.password", "none");
        settings.setProperty("database.dbname", "postgres");
        settings.setProperty("plugin.name", "pgoutput");
        settings.setProperty("publication.name", "windrow_bench");
        settings.setProperty("publication.autocreate.mode", "disabled");
        settings.setProperty("slot.name", slot);
        settings.setProperty("snapshot.mode", "no_data");
        settings.setProperty("schema.history.internal", "io.debezium.relational.history.MemorySchemaHistory");
        for (int i = 1; i < arguments.length; i++) {
            int at = arguments[i].indexOf('=');
            settings.setProperty(arguments[i].substring(0, at), arguments[i].substring(at + 1));
        }
        AtomicLong seen = new AtomicLong();
        CountDownLatch done = new CountDownLatch(1);
        String[] failure = {""};
        com.sun.management.OperatingSystemMXBean os =
                (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = os.getProcessCpuTime();
        long start = System.nanoTime();
        DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine = DebeziumEngine.create(io.debezium.embedded.Connect.class)
                .using(settings)
                .using((success, message, error) -> {
                    failure[0] = message + " " + error;
                    done.countDown();
                })
                .notifying((records, committer) -> {
                    long changes = 0;
                    for (ChangeEvent<SourceRecord, SourceRecord> record : records) {
                        // A delete is followed by a record without a value, for compacted topics.
                        changes += record.value().value() == null ? 0 : 1;
                    }
                    committer.markProcessed(records.get(records.size() - 1));
                    committer.markBatchFinished();
                    if (seen.addAndGet(changes) >= wanted) {
                        done.countDown();
                    }
                })
                .build();
        Thread runner = new Thread(engine);
        runner.start();
        done.await();
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpuSeconds = (os.getProcessCpuTime() - cpu) / 1e9;
        if (seen.get() < wanted) {
            return "ended after " + seen.get() + " changes: " + failure[0];
        }
        engine.close();
        runner.join();
        return seconds + " " + cpuSeconds;
    }
}
