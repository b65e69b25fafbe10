import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Debezium's embedded engine, its records counted and dropped. Run from its source with the jars that `install debezium`
 * fetched; arguments: Debezium's settings as name=value. Reads lines "EVENTS NAME=VALUE..." from its input, with further settings,
 * and answers each with "SECONDS CPU_SECONDS", from the start of the engine to the arrival of that many changes.
 */
public final class DebeziumDrain {
    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            List<String> words = List.of(line.split(" "));
            List<String> all = new ArrayList<>(List.of(arguments));
            all.addAll(words.subList(1, words.size()));
            System.out.println(drain(all, Long.parseLong(words.get(0))));
        }
    }

    private static String drain(List<String> given, long wanted) throws Exception {
        Properties settings = new Properties();
        settings.setProperty("name", "peer");
        settings.setProperty("offset.flush.interval.ms", "60000");
        settings.setProperty("topic.prefix", "peer");
        settings.setProperty("database.hostname", "127.0.0.1");
        settings.setProperty("snapshot.mode", "no_data");
        for (String one : given) {
            int at = one.indexOf('=');
            settings.setProperty(one.substring(0, at), one.substring(at + 1));
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
        for (long before = -1; !done.await(1, TimeUnit.MINUTES) && seen.get() != before; ) {
            before = seen.get();
        }
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
