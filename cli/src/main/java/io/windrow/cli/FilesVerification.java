package io.windrow.cli;

import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.DeliveryAudit.Finding;
import io.windrow.api.sink.Sink;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.plan.Plan;
import io.windrow.core.verify.DeliveryVerdict;
import io.windrow.core.verify.DeliveryVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code verify --files}: what lies at the target against the ledger, without the source. */
final class FilesVerification {
    private final Windrow windrow;
    private final Plan plan;

    FilesVerification(Windrow windrow, Plan plan) {
        this.windrow = windrow;
        this.plan = plan;
    }

    int call(StateStore store, List<StreamName> streams) {
        String pipeline = plan.spec().pipeline();
        List<DeliveryVerdict> verdicts = new ArrayList<>();
        // A key that nobody had matches no epoch: all are undecidable.
        HashKey key = plan.hashKey().or(() -> store.hashKey(pipeline)).orElseGet(HashKey::random);
        try (ProcessContext context = ProcessContext.open(pipeline, new Notes(windrow.screen()));
                Sink sink = plan.openSink(context.decrypting(plan, store));
                VerifyProgress progress = VerifyProgress.of(windrow)) {
            DeliveryVerifier verifier = new DeliveryVerifier(
                    pipeline, store, sink, key, progress::rows);
            for (StreamName stream : streams) {
                progress.doing("decoding the files of " + stream);
                verdicts.add(verifier.verify(stream));
            }
        }
        ExitCode code = code(verdicts);
        if (windrow.json) {
            return windrow.print(
                    Json.object("pipeline", pipeline, "streams", verdicts.stream().map(FilesVerification::json).toList()), code);
        }
        print(windrow.screen(), verdicts, code);
        return code.value();
    }

    private static ExitCode code(List<DeliveryVerdict> verdicts) {
        if (verdicts.stream().anyMatch(v -> v.outcome() == DeliveryVerdict.Outcome.DAMAGED)) {
            return ExitCode.DIFFERENT;
        }
        boolean all = !verdicts.isEmpty() && verdicts.stream().allMatch(v -> v.outcome() == DeliveryVerdict.Outcome.WHOLE);
        return all ? ExitCode.OK : ExitCode.UNDECIDED;
    }

    private static void print(Screen screen, List<DeliveryVerdict> verdicts, ExitCode code) {
        Table table = Table.of("stream", "verdict", ">epochs", ">equal to h_out", ">files", ">rows", ">size", ">disposed",
                ">findings");
        for (DeliveryVerdict v : verdicts) {
            Screen.Style style = switch (v.outcome()) {
                case WHOLE -> Screen.Style.GOOD;
                case DAMAGED -> Screen.Style.BAD;
                case UNDECIDED -> Screen.Style.WARN;
            };
            table.row(
                    v.stream(), screen.styled(style, v.outcome().name().toLowerCase(Locale.ROOT)), Screen.number(v.epochs()),
                    Screen.number(v.hashed()), Screen.number(v.files()), Screen.number(v.rows()), Screen.bytes(v.bytes()),
                    Screen.number(v.disposed()), v.findings().size());
        }
        table.print(screen);
        for (DeliveryVerdict v : verdicts) {
            for (Finding finding : v.findings()) {
                screen.line("  " + line(finding));
            }
        }
        screen.line("");
        screen.line(switch (code) {
            case OK -> screen.styled(Screen.Style.GOOD, "whole")
                    + ": every file was decoded by another reader than our writer, and each epoch has the ledger's rows and hash";
            case DIFFERENT -> screen.styled(Screen.Style.BAD, "DAMAGED") + ": see the findings above";
            default -> screen.styled(Screen.Style.WARN, "undecided") + ": not everything could be judged";
        });
    }

    /** A finding for people. */
    static String line(Finding finding) {
        return finding.kind().name().toLowerCase(Locale.ROOT) + "  " + finding.place() + ": " + finding.what();
    }

    /** A finding for machines. */
    static Object json(Finding finding) {
        return Json.object("kind", finding.kind(), "place", finding.place(), "what", finding.what());
    }

    private static Object json(DeliveryVerdict v) {
        return Json.object(
                "stream", v.stream().toString(), "verdict", v.outcome(), "epochs", v.epochs(), "epochs_disposed", v.disposed(), "epochs_equal_to_h_out",
                v.hashed(), "files", v.files(), "rows", v.rows(), "bytes", v.bytes(), "findings",
                v.findings().stream().map((Finding finding) -> json(finding)).toList());
    }
}
