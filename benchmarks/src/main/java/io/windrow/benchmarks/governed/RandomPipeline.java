package io.windrow.benchmarks.governed;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.benchmarks.governed.MaskPlan.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/** Makes tables and policies for them. The same random numbers make the same ones. */
final class RandomPipeline {
    private static final List<String> ODD = List.of(
            "sp ace", "a\"b", "x\"; DROP TABLE y; --", "Ünï_cöde", "İd", "😀", "select", "UPPER", "a.b", "trail ", "n".repeat(200),
            "back\\slash", "per%cent", "it's", "コラム", "-dash", "#hash", "@at", "tab\tname");
    private static final List<ColumnType> TYPES = List.of(
            new ColumnType.Bool(), new ColumnType.Int(16, true), new ColumnType.Int(32, true), new ColumnType.Int(64, true),
            new ColumnType.Int(32, false), new ColumnType.Int(64, false), new ColumnType.Float(32), new ColumnType.Float(64),
            new ColumnType.Decimal(12, 2), new ColumnType.Decimal(38, 6), new ColumnType.Text(), new ColumnType.Text(),
            new ColumnType.Text(), new ColumnType.Json(), new ColumnType.Bytes(), new ColumnType.Uuid(), new ColumnType.Date(),
            new ColumnType.Time(), new ColumnType.Timestamp(true), new ColumnType.Timestamp(false), new ColumnType.Interval(),
            new ColumnType.ListOf(new Column(1, "element", new ColumnType.Text(), true, "text")),
            new ColumnType.Struct(List.of(
                    new Column(1, "a", new ColumnType.Int(32, true), true, "int"),
                    new Column(2, "b", new ColumnType.Text(), true, "text"))));

    private final Random random;
    private final Values values;
    final List<Table> tables = new ArrayList<>();
    final Policies policies = new Policies();

    RandomPipeline(Random random) {
        this.random = random;
        this.values = new Values(random);
        policies.parallelism = random.nextInt(4) == 0 ? 2 : 1;
        policies.epochRows = random.nextBoolean() ? 1_000_000 : 1 + random.nextInt(40);
        policies.format = pick(List.of("parquet", "parquet", "jsonl", "csv", "arrow", "arrow_stream", "avro"));
        policies.compression = random.nextBoolean() ? "none" : "auto";
        if (random.nextInt(4) > 0) {
            policies.drift = Optional.of(pick(List.of("evolve", "freeze", "quarantine", "stop")));
        }
        int streams = random.nextInt(4) == 0 ? 2 : 1;
        for (int i = 0; i < streams; i++) {
            tables.add(table(i));
        }
        mask();
        tables.forEach(this::govern);
        tables.forEach(table -> insert(table, random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(60)));
    }

    <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private Table table(int number) {
        StreamName name = new StreamName(
                chance(20) ? "" : "farm", chance(20) ? "odd \"name\" " + number : "hay" + number);
        ReadMode mode = chance(50) ? ReadMode.INCREMENTAL : ReadMode.SNAPSHOT;
        Table table = new Table(name, mode);
        if (mode == ReadMode.SNAPSHOT && chance(25)) {
            policies.appended.add(name);
        }
        table.batchRows = 1 + random.nextInt(20);
        table.splitRows = 5 + random.nextInt(60);
        table.columns.add(new Column(1, "n", new ColumnType.Int(64, true), false, "bigint"));
        int more = 1 + random.nextInt(7);
        for (int i = 0; i < more; i++) {
            table.columns.add(column(table));
        }
        table.key = chance(50) ? List.of("n") : List.of();
        return table;
    }

    /** A column that the table does not have yet. */
    Column column(Table table) {
        int id = table.lastId += 1 + random.nextInt(2);
        String name = chance(25) ? pick(ODD) : "c" + id;
        if (table.columns.stream().anyMatch(column -> column.name().equals(name))) {
            return new Column(id, name + id, pick(TYPES), true, "a type");
        }
        return new Column(id, name, pick(TYPES), chance(70), "a type");
    }

    private void mask() {
        if (chance(20)) {
            return;
        }
        for (Table table : tables) {
            for (Column column : table.columns.subList(1, table.columns.size())) {
                if (chance(40)) {
                    String spelled = switch (random.nextInt(4)) {
                        case 0 -> table.stream.name() + "." + column.name();
                        case 1 -> table.stream.namespace() + "." + table.stream.name() + "." + column.name();
                        case 2 -> "*" + column.name();
                        default -> column.name();
                    };
                    policies.mask.add(rule(spelled, method(column.type())));
                }
            }
        }
        if (chance(30)) {
            policies.mask.add(new MaskPlan(Optional.empty(), Method.DETECT, "", Optional.empty(), "", ""));
        }
        tables.forEach(this::markSecret);
    }

    /** Values of these columns hold a canary from now on. */
    void markSecret(Table table) {
        for (Column column : table.columns) {
            if (Oracle.rule(policies, table.stream, column).isPresent()) {
                table.secret.add(column.id());
            }
        }
    }

    private MaskPlan rule(String field, Method method) {
        return new MaskPlan(
                Optional.of(field), method, key(), Optional.empty(), pick(List.of("digits", "lower_alphanumeric", "alphanumeric")),
                pick(List.of("year", "month")));
    }

    /** A key that nobody else has. */
    String key() {
        return "key of the mask " + Long.toHexString(random.nextLong());
    }

    private Method method(ColumnType type) {
        return pick(switch (type) {
            case ColumnType.Text ignored ->
                    List.of(Method.REDACT, Method.NULL, Method.PARTIAL, Method.HMAC, Method.TOKEN, Method.FPE);
            case ColumnType.Date ignored -> List.of(Method.REDACT, Method.NULL, Method.HMAC, Method.TRUNCATE);
            case ColumnType.Timestamp ignored -> List.of(Method.REDACT, Method.NULL, Method.TOKEN, Method.TRUNCATE);
            case ColumnType.Float ignored -> List.of(Method.REDACT, Method.NULL);
            case ColumnType.Interval ignored -> List.of(Method.REDACT, Method.NULL);
            case ColumnType.ListOf ignored -> List.of(Method.REDACT, Method.NULL);
            case ColumnType.Struct ignored -> List.of(Method.REDACT, Method.NULL);
            default -> List.of(Method.REDACT, Method.NULL, Method.HMAC, Method.TOKEN);
        });
    }

    private void govern(Table table) {
        if (policies.drift.isPresent() && chance(70)) {
            List<Policies.Check> checks = new ArrayList<>();
            for (Column column : table.columns) {
                if (chance(40)) {
                    checks.add(RandomChecks.of(column, random));
                }
            }
            if (!checks.isEmpty()) {
                policies.checks.put(table.stream, checks);
            }
        }
        List<Column> masked = Oracle.masked(policies, table.stream, table.columns);
        if (chance(45)) {
            dedupe(table, masked);
        }
        List<Column> shaped = masked;
        if (chance(50)) {
            RandomShape shape = new RandomShape(random, masked);
            policies.shape.put(table.stream, shape.shape());
            shaped = shape.columns();
        }
        if (chance(25) && !shaped.isEmpty()) {
            List<String> names = shaped.stream().filter(RandomPipeline::isFlat).map(Column::name).toList();
            if (!names.isEmpty()) {
                policies.sample.put(table.stream, new Policies.Sample(
                        pick(List.of(0.5, 10.0, 33.3, 50.0, 99.0, 100.0)), List.of(pick(names)),
                        chance(50) ? List.of(pick(names)) : List.of()));
            }
        }
    }

    static boolean isFlat(Column column) {
        return !(column.type() instanceof ColumnType.ListOf || column.type() instanceof ColumnType.Struct
                || column.type() instanceof ColumnType.Interval);
    }

    private void dedupe(Table table, List<Column> masked) {
        boolean alone = policies.parallelism == 1;
        List<String> names = masked.stream().map(Column::name).toList();
        List<String> by = chance(25) ? List.of()
                : alone && chance(50) ? List.of(pick(names))
                : names.size() > 1 && chance(50) ? List.of("n", names.get(1)) : List.of("n");
        policies.dedupe.put(table.stream, new Policies.Dedupe(by, alone ? 1 + random.nextInt(40) : 1_000_000));
    }

    /** Adds rows, some of them a second time. */
    void insert(Table table, int rows) {
        for (int i = 0; i < rows; i++) {
            if (!table.log.isEmpty() && chance(20)) {
                table.log.add(table.log.get(random.nextInt(table.log.size())));
                continue;
            }
            Map<Integer, Object> row = new HashMap<>();
            row.put(1, java.math.BigInteger.valueOf(table.log.size()));
            for (Column column : table.columns.subList(1, table.columns.size())) {
                if (!column.nullable() || !chance(20)) {
                    row.put(column.id(), value(table, column));
                }
            }
            if (chance(3)) {
                table.undecodable.add(table.log.size());
            }
            table.log.add(row);
        }
    }

    private Object value(Table table, Column column) {
        Optional<MaskPlan> rule = Oracle.rule(policies, table.stream, column);
        if (rule.isPresent()) {
            return values.secret(column.type(), rule.get());
        }
        // A column that no policy delivers, or whose mask goes by its accepted name, holds what nobody should see, too.
        return table.secret.contains(column.id()) && column.type() instanceof ColumnType.Text
                ? Canary.MARK + " unknown"
                : values.open(column.type());
    }

    /** The tables by stream. */
    Map<StreamName, Table> byName() {
        return tables.stream().collect(Collectors.toMap(table -> table.stream, table -> table, (a, b) -> a, LinkedHashMap::new));
    }
}
