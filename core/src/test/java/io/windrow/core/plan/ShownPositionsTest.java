package io.windrow.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Position;
import io.windrow.api.schema.StreamName;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.SplitRange;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShownPositionsTest {
    private static final StreamName SECRET = StreamName.of("secret");
    private static final StreamName PLAIN = StreamName.of("plain");
    private static final Position AT = new Position(3, "{\"key\":[\"ä\"]}");

    private final ShownPositions shown = new ShownPositions(Set.of(SECRET), HashKey.random());

    @Test
    void aWithheldPositionIsItsLengthAndAnEqualDigestForAnEqualOne() {
        Position withheld = shown.of(SECRET, AT);
        assertThat(withheld.version()).isEqualTo(3);
        assertThat(withheld.text()).matches("\\{\"withheld_bytes\":14,\"digest\":\"[0-9a-f]{32}\"}");
        assertThat(shown.of(SECRET, new Position(3, AT.text()))).isEqualTo(withheld);
        assertThat(shown.of(SECRET, new Position(3, "{\"key\":[\"o\"]}")).text()).isNotEqualTo(withheld.text());
        assertThat(new ShownPositions(Set.of(SECRET), HashKey.random()).of(SECRET, AT)).isNotEqualTo(withheld);
        assertThat(shown.of(PLAIN, AT)).isEqualTo(AT);
        SplitRange range = new SplitRange("s", Optional.empty(), Optional.of(AT), Optional.empty());
        assertThat(shown.of(PLAIN, range)).isEqualTo(range);
        assertThat(shown.of(SECRET, range)).isEqualTo(
                new SplitRange("s", Optional.empty(), Optional.of(withheld), Optional.empty()));
    }

    @Test
    void ofStreamsThatShareALogAllAreWithheldIfOneIs() {
        assertThat(shown.sharing(Set.of(PLAIN, SECRET)).of(PLAIN, AT)).isNotEqualTo(AT);
        assertThat(shown.sharing(Set.of(PLAIN)).of(PLAIN, AT)).isEqualTo(AT);
    }
}
