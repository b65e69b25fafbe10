package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresAddressTest {
    private static PostgresAddress of(String url) {
        return PostgresAddress.of(Secret.of(url), Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "postgres://u:S3%40CRET%2Fx@db.example:5433/my%20db",
        "jdbc:postgresql://db.example:5433/my%20db?user=u&password=S3%40CRET%2Fx",
        "postgresql://u@db.example:5433/my%20db?password=S3%40CRET/x"
    })
    @Tag("H01")
    void The_password_is_split_off_and_stands_in_nothing_printable(String url) {
        PostgresAddress address = of(url);
        assertThat(address.password().orElseThrow().reveal()).isEqualTo("S3@CRET/x");
        assertThat(address.user()).isEqualTo("u");
        assertThat(address.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example:5433/my%20db");
        assertThat(address.toString() + address.display() + address.jdbcUrl()).doesNotContain("CRET");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "postgres://u:S3CRET@h/d?socketFactory=x.Y", "postgres://u:S3CRET@h/d?loggerFile=/tmp/x", "mysql://u:S3CRET@h/d",
        "postgres://u:S3CRET@h/", "postgres://u:S3CRET%@h/d", "postgres://u:S3CRET@h:x/d",
        "postgres://u:S3CRET@h/d?S3CRET-oops=1", "postgres://:S3CRET@h/d", "postgres://u:pa?S3CRET&x@h/d",
        "postgres://u@h/d?sslmode=S3CRET", "postgres://u:pa?sslmode=S3CRET@h/d"
    })
    @Tag("H01")
    void A_URL_that_cannot_be_used_is_refused_without_being_quoted(String url) {
        assertThatThrownBy(() -> of(url))
                .isInstanceOfSatisfying(WindrowException.class, e -> {
                    assertThat(e.errorCode()).isEqualTo(PostgresError.URL_INVALID);
                    assertThat(e.getMessage() + e.remedy()).doesNotContain("CRET");
                });
    }

    @Test
    void TLS_is_verified_unless_the_host_is_this_machine_or_the_URL_says_otherwise() {
        assertThat(of("postgres://u@db.example/d").parameters()).containsEntry("sslmode", "verify-full");
        assertThat(of("postgres://u@db.example/d").tls()).isEqualTo(PostgresAddress.Tls.VERIFIED);
        assertThat(of("postgres://u@127.0.0.1/d").tls()).isEqualTo(PostgresAddress.Tls.LOCAL);
        assertThat(of("postgres://u@[::1]:5432/d").tls()).isEqualTo(PostgresAddress.Tls.LOCAL);
        assertThat(of("postgres://u@db.example/d?sslmode=require").tls()).isEqualTo(PostgresAddress.Tls.WEAKENED);
        assertThat(of("postgres://u@127.db.example.com/d").tls()).as("a name that begins like an address")
                .isEqualTo(PostgresAddress.Tls.VERIFIED);
    }

    @Test
    void Parameters_are_written_as_libpq_or_as_the_driver_has_them_and_a_value_that_neither_knows_is_refused() {
        assertThat(of("postgres://u@h/d?target_session_attrs=read-write").parameters()).containsEntry("targetServerType", "primary");
        assertThat(of("postgres://u@h/d?targetServerType=preferSecondary").parameters())
                .containsEntry("targetServerType", "preferSecondary");
        assertThat(of("postgres://u@h/d?sslmode=VERIFY-CA").parameters()).containsEntry("sslmode", "verify-ca");
        assertThatThrownBy(() -> of("postgres://u@h/d?sslcert=c.pem&sslkey=k.pk8"))
                .as("the JDK's authorities and an own certificate are not to be had together")
                .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.remedy()).contains("sslrootcert"));
        assertThat(of("postgres://u@h/d?sslcert=c.pem&sslkey=k.pk8&sslrootcert=ca.pem").parameters()).doesNotContainKey("sslfactory");
        assertThat(of("postgres://u@h/d?sslcert=c.pem&sslkey=k.pk8&sslmode=require").parameters()).doesNotContainKey("sslfactory");
        assertThatThrownBy(() -> of("postgres://u@h/d?sslmode=verify_full"))
                .hasMessageContaining("sslmode").hasMessageContaining("verify-full");
    }
}
