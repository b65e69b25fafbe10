package io.windrow.benchmarks.governed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The search has to find what the proof says is not there. */
class CanaryTest {
    @Test
    void everyValueIsFoundInEveryEncodingWithinOtherBytes() {
        for (String text : new String[] {
            Canary.MARK, Canary.decimal(2, 17).toPlainString(), Long.toString(Canary.whole(4_000)), Canary.uuid(77).toString(),
            Canary.dateTime().toString(), Canary.instant().toString(), Double.toString(Canary.REAL), Canary.CARD, Canary.IBAN
        }) {
            assertThat(Canary.in("before " + text + " after")).as(text).isPresent();
            assertThat(Canary.in(text.getBytes(StandardCharsets.UTF_16LE))).as(text).isPresent();
            assertThat(Canary.in(text.getBytes(StandardCharsets.UTF_16BE))).as(text).isPresent();
        }
        assertThat(Canary.in(HexFormat.of().formatHex(Canary.bytes(12)))).isPresent();
        assertThat(Canary.in(Base64.getEncoder().encodeToString(Canary.bytes(12)))).isPresent();
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            assertThat(Canary.in(ByteBuffer.allocate(24).order(order).putLong(1).putLong(Canary.whole(4_000)).array())).isPresent();
            assertThat(Canary.in(ByteBuffer.allocate(24).order(order).putLong(1).putDouble(Canary.REAL).array())).isPresent();
        }
    }

    @Test
    void otherValuesAreNotTakenForOne() {
        assertThat(Canary.in("an ordinary line, 1907-03-20, 05:17:43, 73409126587 and qzcanary")).isEmpty();
        assertThat(Canary.in(new byte[4_096])).isEmpty();
    }
}
