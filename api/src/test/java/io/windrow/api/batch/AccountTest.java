package io.windrow.api.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AccountTest {
    @Test
    void booksBalanceOnlyWhenEveryEventWentSomewhere() {
        Account read = Account.ofRead(10);
        assertThat(read.balances()).isFalse();
        assertThat(read.plusWritten(10).balances()).isTrue();
        assertThat(read.plusWritten(9).balances()).isFalse();
        assertThat(read.plusWritten(9).plus(new Account(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)).balances()).isTrue();
    }

    @Test
    void everyFieldTakesPartInTheSumAndInExactlyOneSideOfTheBooks() {
        Account one = new Account(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024);
        Account two = one.plus(one);
        assertThat(two).isEqualTo(new Account(2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048));
        assertThat(one.in()).isEqualTo(7);
        assertThat(one.out()).isEqualTo(2040);
    }
}
