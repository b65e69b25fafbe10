package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which positions lie in a server's past. */
class TimelinesTest {
    private static final StreamName T = StreamName.of("t");
    private static final Timelines THIRD = new Timelines(
            "7", 3, Timelines.parse("1\t0/100\tno recovery target specified\n\n# by hand\n2\t0/A00\tbefore 2026-01-01 00:00:00\n"));

    private static LogPosition at(String system, long timeline, String lsn) {
        return new LogPosition(system, timeline, Lsn.parse(lsn), Optional.empty());
    }

    private static void refused(LogPosition position, ErrorCode code) {
        assertThatThrownBy(() -> THIRD.expectHolds(T, position)).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(code));
    }

    @Test
    @Tag("D06")
    void A_position_goes_on_where_the_log_passed_it_before_it_left_its_timeline() {
        assertThat(THIRD.left()).isEqualTo(Map.of(1L, 0x100L, 2L, 0xA00L));
        for (LogPosition good : new LogPosition[] {at("7", 3, "0/5"), at("7", 2, "0/A00"), at("7", 1, "0/100")}) {
            assertThatCode(() -> THIRD.expectHolds(T, good)).doesNotThrowAnyException();
        }
        refused(at("7", 2, "0/A01"), LogError.OTHER_TIMELINE);
        refused(at("7", 1, "0/101"), LogError.OTHER_TIMELINE);
        refused(at("7", 4, "0/5"), LogError.OTHER_TIMELINE);
        refused(at("8", 3, "0/5"), PostgresError.OTHER_CLUSTER);
        refused(
                new LogPosition("7", 2, 0x900, Optional.of(new LogPosition.Inside(0xB00, 1, 0x910, 0))), LogError.OTHER_TIMELINE);
        assertThatThrownBy(() -> Timelines.parse("nonsense")).isInstanceOf(WindrowException.class);
    }
}
