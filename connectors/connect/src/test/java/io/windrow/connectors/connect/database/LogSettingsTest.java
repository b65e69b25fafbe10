package io.windrow.connectors.connect.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.context.CheckResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the settings and grants of MariaDB and MySQL, as they list them, mean for whoever follows their log. */
class LogSettingsTest {
    private static final Map<String, String> MARIADB =
            Map.of("log_bin", "ON", "binlog_format", "ROW", "binlog_row_image", "FULL", "log_bin_compress", "OFF", "server_id", "1");
    private static final Map<String, String> MYSQL = Map.of(
            "log_bin", "ON", "binlog_format", "ROW", "binlog_row_image", "FULL", "binlog_row_value_options", "", "server_id", "1", "server_uuid", "x-y");

    private static List<String> failed(Map<String, String> settings) {
        return LogSettings.checks(settings).stream().filter(check -> check.outcome() == CheckResult.Outcome.FAILED).map(CheckResult::detail).toList();
    }

    @Test
    void aServerWhoseLogHoldsWholeRowsMayBeFollowed() {
        assertThat(failed(MARIADB)).isEmpty();
        assertThat(failed(MYSQL)).isEmpty();
        // A version to come that knows no other format than rows.
        assertThat(failed(Map.of("log_bin", "ON"))).isEmpty();
    }

    @ParameterizedTest
    @Tag("D32")
    @Tag("D33")
    @CsvSource({
        "log_bin, OFF", "binlog_format, MIXED", "binlog_format, STATEMENT", "binlog_row_image, MINIMAL", "log_bin_compress, ON",
        "binlog_row_value_options, PARTIAL_JSON"
    })
    void aSettingByWhichChangesWouldBeLostOrComeInPartIsNamed(String name, String value) {
        for (Map<String, String> server : List.of(MARIADB, MYSQL)) {
            Map<String, String> settings = new HashMap<>(server);
            settings.put(name, value);
            assertThat(failed(settings)).singleElement().asString().startsWith(name);
        }
    }

    @Test
    void aPrivilegeThatIsMissingIsNamedUnlessARoleMayHoldIt() {
        assertThat(LogSettings.privileges(List.of("GRANT SELECT, RELOAD, REPLICATION SLAVE, BINLOG MONITOR ON *.* TO `w`@`%`")).outcome())
                .isEqualTo(CheckResult.Outcome.OK);
        CheckResult lacking = LogSettings.privileges(List.of("GRANT SELECT, RELOAD ON *.* TO `w`@`%`"));
        assertThat(lacking.outcome()).isEqualTo(CheckResult.Outcome.FAILED);
        assertThat(lacking.detail()).contains("REPLICATION SLAVE", "REPLICATION CLIENT").doesNotContain("RELOAD");
        assertThat(LogSettings.missingToFollow(List.of("GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `w`@`%`"))).isEmpty();
        assertThat(LogSettings.missingToFollow(List.of("GRANT SUPER, REPLICATION SLAVE ON *.* TO `w`@`%`"))).isEmpty();
        assertThat(LogSettings.missingToFollow(List.of("GRANT REPLICATION CLIENT, REPLICATION SLAVE ADMIN ON *.* TO `w`@`%`")))
                .containsExactly("REPLICATION SLAVE");
        assertThat(LogSettings.privileges(List.of("GRANT USAGE ON *.* TO `w`@`%`", "GRANT `follower`@`%` TO `w`@`%`")).outcome())
                .isEqualTo(CheckResult.Outcome.WARNING);
        assertThat(LogSettings.privileges(List.of("GRANT ALL PRIVILEGES ON *.* TO `w`@`%`")).outcome()).isEqualTo(CheckResult.Outcome.WARNING);
    }
}
