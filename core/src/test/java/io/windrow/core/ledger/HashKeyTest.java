package io.windrow.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import org.junit.jupiter.api.Test;

class HashKeyTest {
    @Test
    void aKeyIsReadAsItWasRevealedAndPrintsOnlyItsId() {
        HashKey key = HashKey.random();
        assertThat(HashKey.parse(key.reveal())).isEqualTo(key);
        assertThat(key.reveal().reveal()).hasSize(32);
        assertThat(key.toString()).contains(key.id()).doesNotContain(key.reveal().reveal());
        assertThat(key.reveal().reveal()).doesNotContain(key.id());
        assertThat(HashKey.random()).isNotEqualTo(key);
        assertThat(HashKey.random().id()).isNotEqualTo(key.id());
    }

    @Test
    void theSameSecretGivesTheSameKeyAndAnotherAnother() {
        HashKey key = HashKey.of(Secret.of("correct horse battery"));
        assertThat(HashKey.of(Secret.of("correct horse battery"))).isEqualTo(key);
        assertThat(HashKey.of(Secret.of("correct horse batterz"))).isNotEqualTo(key);
    }

    @Test
    void whatIsNoKeyIsRefusedAndNotRepeated() {
        for (String text : new String[] {"", "zz", "5ec4e7", "5ec4e7".repeat(6), "g".repeat(32)}) {
            assertThat(catchThrowableOfType(WindrowException.class, () -> HashKey.parse(Secret.of(text))))
                    .satisfies(e -> assertThat(e.errorCode()).isEqualTo(LedgerError.UNREADABLE))
                    .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("5ec4e7", "gggg"));
        }
    }
}
