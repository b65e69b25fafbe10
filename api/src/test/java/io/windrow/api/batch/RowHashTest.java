package io.windrow.api.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RowHashTest {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(128);

    @Test
    void additionIsAdditionModuloTwoToThe128() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 10_000; i++) {
            RowHash a = new RowHash(random.nextLong(), random.nextLong());
            RowHash b = new RowHash(random.nextLong(), random.nextLong());
            assertThat(number(a.plus(b))).isEqualTo(number(a).add(number(b)).mod(MODULUS));
        }
    }

    @Test
    void theTextFormIsReadBackToTheSameHash() {
        RowHash hash = new RowHash(-2, 5);
        assertThat(hash.toString()).isEqualTo("fffffffffffffffe0000000000000005");
        assertThat(RowHash.parse(hash.toString())).isEqualTo(hash);
    }

    private static BigInteger number(RowHash hash) {
        return new BigInteger(hash.toString(), 16);
    }
}
