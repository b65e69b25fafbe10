package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * TLS to a real server. Its certificate is for the address 0.0.0.0, which reaches this machine and is none of the names
 * for which TLS may be left out.
 */
@Tag("server")
class PostgresTlsTest {
    private static final int NOBODY = 65534;
    private static final String PASSWORD = "changeit";

    private static Path folder;
    private static PostgresServer server;

    @BeforeAll
    static void start() throws IOException, InterruptedException, GeneralSecurityException {
        folder = Files.createTempDirectory("windrow-tls-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        keytool("-genkeypair", "-alias", "ca", "-dname", "CN=ca", "-keyalg", "EC", "-ext", "bc:c", "-keystore", "ca.p12");
        keytool("-genkeypair", "-alias", "server", "-dname", "CN=server", "-keyalg", "EC", "-keystore", "server.p12");
        keytool("-certreq", "-alias", "server", "-keystore", "server.p12", "-file", "server.csr");
        keytool("-gencert", "-rfc", "-alias", "ca", "-keystore", "ca.p12", "-infile", "server.csr", "-outfile", "server.crt",
                "-ext", "san=ip:0.0.0.0,dns:db.example");
        keytool("-exportcert", "-rfc", "-alias", "ca", "-keystore", "ca.p12", "-file", "ca.crt");
        keytool("-genkeypair", "-alias", "ca", "-dname", "CN=other", "-keyalg", "EC", "-ext", "bc:c", "-keystore", "other.p12");
        keytool("-exportcert", "-rfc", "-alias", "ca", "-keystore", "other.p12", "-file", "other.crt");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("server.p12"))) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Path key = folder.resolve("server.key");
        Files.writeString(key, "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(keys.getKey("server", PASSWORD.toCharArray()).getEncoded())
                + "\n-----END PRIVATE KEY-----\n");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        if (Integer.valueOf(0).equals(Files.getAttribute(key, "unix:uid"))) {
            Files.setAttribute(key, "unix:uid", NOBODY);
        }
        Files.setPosixFilePermissions(folder.resolve("server.crt"), PosixFilePermissions.fromString("rw-r--r--"));
        server = PostgresServer.start(PostgresOptions.of(18)
                .with("ssl", "on")
                .with("ssl_cert_file", folder.resolve("server.crt").toString())
                .with("ssl_key_file", key.toString()));
        server.execute("CREATE TABLE t AS SELECT 1 AS one");
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static Drive drive(String host, String parameters) {
        String url = "postgres://postgres@" + host + ":" + server.port() + "/postgres" + parameters;
        return new Drive(Drive.config(url, StreamConfig.snapshot("public.t")), new StreamName("public", "t"));
    }

    private static void refused(String host, String parameters, String... words) {
        try (Drive drive = drive(host, parameters)) {
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(WindrowException.class, e -> {
                assertThat(e.errorCode()).as(e.getMessage()).isEqualTo(PostgresError.TLS_REFUSED);
                assertThat(e.getMessage() + e.remedy()).contains(words);
                assertThat(e.remedy()).contains("sslrootcert");
            });
        }
    }

    @Test
    void A_certificate_of_an_unknown_authority_is_refused_by_default() {
        refused("0.0.0.0", "", "no known authority");
        refused("0.0.0.0", "?sslrootcert=" + folder.resolve("other.crt"), "no known authority");
    }

    @Test
    void A_known_authority_is_enough_for_a_verified_connection() {
        try (Drive drive = drive("0.0.0.0", "?sslrootcert=" + folder.resolve("ca.crt"))) {
            assertThat(drive.run()).isEqualTo(1);
            assertThat(drive.source().check()).anyMatch(result -> result.name().equals("tls")
                    && result.outcome().name().equals("OK")
                    && result.detail().contains("verified (TLSv1."));
        }
    }

    @Test
    void Changes_are_followed_over_a_verified_connection_also_those_that_are_larger_than_a_record_of_TLS() {
        server.execute("CREATE TABLE followed (id int PRIMARY KEY, v text)");
        String url = "postgres://postgres@0.0.0.0:" + server.port() + "/postgres?sslrootcert=" + folder.resolve("ca.crt");
        StreamName followed = new StreamName("public", "followed");
        try (LogDrive drive = new LogDrive(LogDrive.config(url, "public.followed"), followed)) {
            drive.run();
            server.execute("INSERT INTO followed SELECT i, repeat('x', i % 200) FROM generate_series(1, 2000) i");
            server.execute("INSERT INTO followed VALUES (2001, repeat('y', 100000))");
            server.execute("DELETE FROM followed WHERE id = 1");
            drive.run();
            assertThat(drive.rows()).hasSize(2002).doesNotHaveDuplicates().contains("INSERT|2001|" + "y".repeat(100_000)).endsWith("DELETE|1|-");
        }
    }

    /** What a slot is read as, and a change of 12 MB that a memory of 8 MiB does not hold between others. */
    private void oversize(String parameters, ChangesConfig changes) {
        StreamName big = new StreamName("public", "big");
        StreamName small = new StreamName("public", "small");
        try (PostgresDatabase db = PostgresDatabase.create(server)) {
            // Names of slots are the server's, and tests come in any order.
            db.dropSlot("windrow_test");
            db.execute("CREATE TABLE big (id int PRIMARY KEY, v text)", "CREATE TABLE small (id int PRIMARY KEY)", "CREATE TABLE other (v text)");
            String url = "postgres://postgres@0.0.0.0:" + server.port() + "/" + db.name() + parameters;
            try (LogDrive drive = new LogDrive(LogDrive.config(url, changes, "public.big", "public.small"), big, small)) {
                drive.run();
                drive.drive.allocator.setLimit(8 << 20);
                db.execute(
                        "ALTER PUBLICATION windrow_test ADD TABLE other", "INSERT INTO other VALUES (repeat('x', 12000000))",
                        "BEGIN; INSERT INTO big VALUES (1, 'a'); INSERT INTO small VALUES (1); INSERT INTO big VALUES (2, repeat('x', 12000000));"
                                + " INSERT INTO small VALUES (2); INSERT INTO big VALUES (3, 'c'); COMMIT",
                        "INSERT INTO small VALUES (3)");
                drive.run();
                assertThat(drive.failed).as(parameters).containsOnlyKeys(big);
                assertThat(drive.failed.get(big).errorCode()).isEqualTo(PostgresError.ROW_TOO_LARGE);
                assertThat(drive.failed.get(big)).hasMessageContaining("has 120000").hasMessageContaining("bytes, expected at most 7340032");
                assertThat(drive.rows.get(small)).containsExactly("INSERT|1", "INSERT|2", "INSERT|3");
                drive.drive.allocator.setLimit(Long.MAX_VALUE);
                drive.run();
                assertThat(drive.rows.get(big).stream().map(row -> row.substring(0, 8))).containsExactly("INSERT|1", "INSERT|2", "INSERT|3");
                assertThat(drive.rows.get(small)).hasSize(3);
            }
            db.dropSlot("windrow_test");
        }
    }

    @Test
    void A_change_that_memory_does_not_hold_stops_its_own_stream_over_TLS_and_without_and_of_tables_that_nobody_follows_none() {
        String tls = "?sslrootcert=" + folder.resolve("ca.crt");
        server.execute("ALTER ROLE postgres SET logical_decoding_work_mem = '64kB'");
        oversize(tls, ChangesConfig.DEFAULT);
        oversize("?sslmode=disable", ChangesConfig.DEFAULT);
        oversize(tls, Changes.streamed("1GiB", ChangesConfig.Cut.ANYWHERE));
    }

    @Test
    void A_row_that_memory_does_not_hold_is_named_with_its_column_over_TLS_too() {
        server.execute("CREATE TABLE wide (id int, v text)");
        server.execute("INSERT INTO wide VALUES (1, repeat('x', 40000000))");
        String url = "postgres://postgres@0.0.0.0:" + server.port() + "/postgres?sslrootcert=" + folder.resolve("ca.crt");
        try (Drive drive = new Drive(Drive.config(url, StreamConfig.snapshot("public.wide")), new StreamName("public", "wide"))) {
            drive.allocator.setLimit(24 << 20);
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(WindrowException.class, e -> {
                assertThat(e.errorCode()).isEqualTo(PostgresError.ROW_TOO_LARGE);
                assertThat(e.getMessage()).contains("column v takes 40000000");
            });
        }
    }

    @Test
    void A_certificate_for_another_host_is_refused_and_the_host_is_named() {
        refused("localhost", "?sslmode=verify-full&sslrootcert=" + folder.resolve("ca.crt"), "localhost", "another host name");
        try (Drive drive = drive("localhost", "?sslmode=verify-ca&sslrootcert=" + folder.resolve("ca.crt"))) {
            assertThat(drive.run()).isEqualTo(1);
        }
    }

    @Test
    void A_missing_file_of_an_authority_is_refused() {
        refused("0.0.0.0", "?sslrootcert=" + folder.resolve("nothing.crt"), "nothing.crt");
    }

    @Test
    void A_connection_that_is_not_verified_is_warned_of() {
        try (Drive drive = drive("0.0.0.0", "?sslmode=require")) {
            assertThat(drive.source().check()).anyMatch(result -> result.name().equals("tls")
                    && result.outcome().name().equals("WARNING")
                    && result.detail().contains("not verified"));
        }
    }

    @Test
    void A_server_without_tls_is_refused_where_tls_is_verified() {
        try (PostgresServer plain = PostgresServer.start(PostgresOptions.of(18));
                Drive drive = new Drive(
                        Drive.config(
                                "postgres://postgres@0.0.0.0:" + plain.port() + "/postgres", StreamConfig.snapshot("public.t")),
                        new StreamName("public", "t"))) {
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(PostgresError.TLS_REFUSED));
        }
    }
}
