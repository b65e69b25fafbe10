package io.windrow.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkTraits;
import io.windrow.api.sink.WriteMode;
import io.windrow.testkit.conformance.MemorySink.Defect;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way to break the contract of a sink is caught, by the check that is named after it. */
class BrokenSinksTest {
    private static volatile Defect defect = Defect.NONE;

    @Test
    void theSinkWithoutADefectPasses() {
        defect = Defect.NONE;
        SuiteRun run = SuiteRun.of(Suite.class);
        assertThat(run.failed()).isEmpty();
        assertThat(run.passed()).isGreaterThanOrEqualTo(17);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenSinkFailsTheCheckThatIsNamedAfterIt(Defect broken) {
        defect = broken;
        assertThat(SuiteRun.of(Suite.class).failed().get(broken.check)).as(broken.check).contains("Assert");
    }

    static final class Suite extends SinkConformance {
        private final MemorySink.Target target = new MemorySink.Target(defect);

        @Override
        protected Sink open(Context with) {
            return new MemorySink(target, with, new HashMap<>());
        }

        @Override
        protected SinkTraits traits() {
            return new SinkTraits(Set.of(WriteMode.values()), true, true, "Whole epochs.");
        }

        @Override
        protected List<Long> visible(StreamName stream) {
            return target.visible(stream);
        }
    }
}
