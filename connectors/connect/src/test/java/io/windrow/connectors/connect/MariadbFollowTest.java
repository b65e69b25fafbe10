package io.windrow.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.conformance.TestContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Debezium's connector in this process, on a real MariaDB. */
@Tag("server")
class MariadbFollowTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    @Test
    void aTableIsCopiedAndThenFollowedWithoutAGap() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.orders (id int PRIMARY KEY, name varchar(20))", "INSERT INTO $.orders VALUES (1, 'one'), (2, 'two')");
        Drive drive = new Drive(shop.config("orders"), context);
        drive.beforeLog = () -> shop.run("INSERT INTO $.orders VALUES (3, 'three')");
        drive.run();
        assertThat(drive.rows(shop.table("orders"))).containsExactly("COPY|1|one", "COPY|2|two");
        drive.beforeLog = () -> {};
        shop.run("UPDATE $.orders SET name = 'deux' WHERE id = 2", "UPDATE $.orders SET id = 10 WHERE id = 1", "DELETE FROM $.orders WHERE id = 3",
                "TRUNCATE $.orders");
        drive.run();
        assertThat(drive.rows(shop.table("orders"))).containsExactly(
                "COPY|1|one", "COPY|2|two", "INSERT|3|three", "UPDATE|2|deux", "DELETE>|1|one", "INSERT<|10|one", "DELETE|3|three",
                "TRUNCATE|-|-");
        assertThat(drive.seenAgain).isZero();
    }
}
