package io.windrow.core.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.RowHash;
import io.windrow.core.checkpoint.RememberedRows;
import io.windrow.core.ledger.HashForm;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RepeatsTest {
    private static final RememberedRows TYPED = new RememberedRows(1, Instant.EPOCH, 1, HashForm.TYPED, new byte[16]);
    private static final RememberedRows BY_VALUE = new RememberedRows(2, Instant.EPOCH, 1, HashForm.VALUE, new byte[16]);

    @Test
    void rowsThatMayBeGoneAreForgottenSinceTheyWouldBeLostWhenTheyComeBack() {
        Set<RowHash> gone = Set.of(new RowHash(1, 2));
        Repeats typed = new Repeats(Set.of(), true, true, 10);
        assertThat(typed.told(List.of(TYPED, BY_VALUE), gone)).containsExactly(BY_VALUE);
        assertThat(typed.told(List.of(TYPED, BY_VALUE), Set.of())).containsExactly(TYPED, BY_VALUE);
        Repeats alike = new Repeats(Set.of(), true, false, 10);
        assertThat(alike.told(List.of(TYPED, BY_VALUE), gone)).containsExactly(TYPED, BY_VALUE);
    }
}
