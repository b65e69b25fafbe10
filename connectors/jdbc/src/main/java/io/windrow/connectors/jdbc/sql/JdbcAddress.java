package io.windrow.connectors.jdbc.sql;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;

/**
 * A database's URL, taken apart before a driver sees it (H01, H07). Only harmless parameters are let through: with others
 * a driver loads classes and extensions, reads local files or runs scripts.
 *
 * @param database which database
 * @param driverUrl the URL for the driver; holds neither user nor password
 * @param user the user; empty if the database knows none
 * @param password the password, if there is one
 * @param tls how TLS is used
 * @param parameters the driver's properties
 * @param display for people
 */
public record JdbcAddress(
        Database database,
        String driverUrl,
        String user,
        Optional<Secret> password,
        Tls tls,
        Map<String, String> parameters,
        String display) {
    private static final Map<String, String> POSTGRES = Map.ofEntries(
            Map.entry("sslmode", "sslmode"), Map.entry("sslrootcert", "sslrootcert"), Map.entry("sslcert", "sslcert"),
            Map.entry("sslkey", "sslkey"), Map.entry("sslnegotiation", "sslNegotiation"),
            Map.entry("channelbinding", "channelBinding"), Map.entry("channel_binding", "channelBinding"),
            Map.entry("targetservertype", "targetServerType"), Map.entry("target_session_attrs", "targetServerType"));
    private static final Map<String, String> MARIADB =
            Map.of("sslmode", "sslMode", "serversslcert", "serverSslCert");
    private static final Map<String, String> TLS_ONLY = Map.of("sslmode", "sslmode");

    /** How TLS is used. */
    public enum Tls {
        /** Certificate and host name are verified. */
        VERIFIED,
        /** The database is on this machine. */
        LOCAL,
        /** The URL asks for less. */
        WEAKENED
    }

    /** Takes a URL apart; refuses what it does not know. */
    public static JdbcAddress of(Secret url, Optional<Secret> password) {
        String text = url.reveal().strip();
        String plain = text.regionMatches(true, 0, "jdbc:", 0, 5) ? text.substring(5) : text;
        int colon = plain.indexOf(':');
        String scheme = colon < 0 ? "" : plain.substring(0, colon).toLowerCase(Locale.ROOT);
        String rest = plain.substring(colon + 1);
        return switch (scheme) {
            case "postgres", "postgresql" -> server(Database.POSTGRES, rest, password);
            case "mariadb" -> server(Database.MARIADB, rest, password);
            case "mysql" -> server(Database.MYSQL, rest, password);
            case "sqlserver" -> server(Database.SQLSERVER, rest, password);
            case "oracle" -> server(Database.ORACLE, rest, password);
            case "sqlite" -> file(Database.SQLITE, rest);
            case "duckdb" -> file(Database.DUCKDB, rest);
            default -> throw invalid("it does not begin with postgres://, mariadb://, mysql://, sqlserver://, oracle://, jdbc:sqlite: or jdbc:duckdb:");
        };
    }

    private static JdbcAddress file(Database database, String path) {
        if (path.isBlank() || path.startsWith(":memory:") || path.startsWith("file:")) {
            throw invalid("it names no file that outlives the program");
        }
        if (path.indexOf('?') >= 0 || path.indexOf(';') >= 0) {
            throw invalid("a file takes no parameters");
        }
        String name = database == Database.SQLITE ? "sqlite" : "duckdb";
        return new JdbcAddress(database, "jdbc:" + name + ":" + path, "", Optional.empty(), Tls.LOCAL, Map.of(), path);
    }

    private static JdbcAddress server(Database database, String text, Optional<Secret> password) {
        if (!text.startsWith("//")) {
            throw invalid("// does not follow the scheme");
        }
        String rest = text.substring(2);
        int query = rest.indexOf('?');
        String main = query < 0 ? rest : rest.substring(0, query);
        int slash = main.indexOf('/');
        String authority = slash < 0 ? main : main.substring(0, slash);
        String name = slash < 0 ? "" : decoded(main.substring(slash + 1));
        int at = authority.lastIndexOf('@');
        String info = at < 0 ? "" : authority.substring(0, at);
        int colon = info.indexOf(':');
        String user = decoded(colon < 0 ? info : info.substring(0, colon));
        Optional<Secret> found =
                password.isPresent() || colon < 0 ? password : Optional.of(Secret.of(decoded(info.substring(colon + 1))));
        Map<String, String> allowed = switch (database) {
            case POSTGRES -> POSTGRES;
            case MARIADB -> MARIADB;
            case MYSQL, SQLSERVER, ORACLE, SQLITE, DUCKDB -> TLS_ONLY;
        };
        Map<String, String> properties = new LinkedHashMap<>();
        for (String parameter : query < 0 ? new String[0] : rest.substring(query + 1).split("&")) {
            int equals = parameter.indexOf('=');
            String key = decoded(equals < 0 ? parameter : parameter.substring(0, equals)).toLowerCase(Locale.ROOT);
            String value = equals < 0 ? "" : decoded(parameter.substring(equals + 1));
            if (key.equals("user")) {
                user = value;
            } else if (key.equals("password")) {
                found = found.isPresent() ? found : Optional.of(Secret.of(value));
            } else if (allowed.containsKey(key)) {
                properties.put(allowed.get(key), value);
            } else {
                throw invalid("the parameter " + shortened(key) + " is not one of " + new TreeSet<>(allowed.keySet()));
            }
        }
        String host = host(authority.substring(at + 1), database);
        if (name.isEmpty() || user.isEmpty() || name.indexOf('/') >= 0) {
            throw invalid(user.isEmpty() ? "it names no user" : "it names no database");
        }
        Tls tls = tls(database, local(host), properties);
        return new JdbcAddress(
                database, driverUrl(database, host, name, properties), user, found, tls, Map.copyOf(properties), host + "/" + name);
    }

    private static String driverUrl(Database database, String host, String name, Map<String, String> properties) {
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        return switch (database) {
            case POSTGRES -> "jdbc:postgresql://" + host + "/" + encoded;
            case MARIADB -> "jdbc:mariadb://" + host + "/" + encoded;
            case MYSQL -> "jdbc:mysql://" + host + "/" + encoded;
            case SQLSERVER -> {
                properties.put("databaseName", name);
                yield "jdbc:sqlserver://" + host;
            }
            case ORACLE -> {
                boolean encrypted = properties.containsKey("oracle.net.ssl_server_dn_match");
                yield "jdbc:oracle:thin:@" + (encrypted ? "tcps" : "tcp") + "://" + host + "/" + encoded;
            }
            case SQLITE, DUCKDB -> throw invalid("it is a file's");
        };
    }

    private static String host(String text, Database database) {
        String host = text.isEmpty() ? "localhost" : text;
        boolean bare = host.startsWith("[") ? host.endsWith("]") : host.indexOf(':') < 0;
        String whole = bare ? host + ":" + port(database) : host;
        if (!whole.matches("(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9._-]+):[0-9]{1,5}")) {
            throw invalid("it has no host of the form host:port");
        }
        return whole;
    }

    private static int port(Database database) {
        return switch (database) {
            case POSTGRES -> 5432;
            case MARIADB, MYSQL -> 3306;
            case SQLSERVER -> 1433;
            case ORACLE -> 1521;
            case SQLITE, DUCKDB -> throw invalid("a file has no port");
        };
    }

    private static boolean local(String host) {
        String name = host.substring(0, host.lastIndexOf(':'));
        return name.equals("localhost") || name.matches("127(\\.[0-9]{1,3}){3}") || name.equals("[::1]");
    }

    private static Tls tls(Database database, boolean local, Map<String, String> properties) {
        if (database != Database.POSTGRES && database != Database.MARIADB) {
            return onOrOff(database, local, properties);
        }
        String key = database == Database.POSTGRES ? "sslmode" : "sslMode";
        properties.putIfAbsent(key, !local ? "verify-full" : database == Database.POSTGRES ? "prefer" : "disable");
        String mode = properties.get(key);
        if (database == Database.POSTGRES && mode.startsWith("verify") && !properties.containsKey("sslrootcert")) {
            if (properties.containsKey("sslcert") || properties.containsKey("sslkey")) {
                throw invalid("it has sslcert or sslkey and no sslrootcert, without which the driver would not show the certificate");
            }
            properties.put("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        if (mode.equals("verify-full")) {
            return Tls.VERIFIED;
        }
        return local ? Tls.LOCAL : Tls.WEAKENED;
    }

    /** TLS as the drivers of databases spell it that are read only: verified or not at all. */
    private static Tls onOrOff(Database database, boolean local, Map<String, String> properties) {
        String asked = properties.remove("sslmode");
        String mode = asked == null ? local ? "disable" : "verify-full" : asked;
        if (!mode.equals("verify-full") && !mode.equals("disable")) {
            throw invalid("sslmode is neither verify-full nor disable");
        }
        boolean verified = mode.equals("verify-full");
        switch (database) {
            case MYSQL -> properties.put("sslMode", verified ? "VERIFY_IDENTITY" : "DISABLED");
            case SQLSERVER -> {
                properties.put("encrypt", Boolean.toString(verified));
                properties.put("trustServerCertificate", "false");
            }
            case ORACLE -> {
                if (verified) {
                    properties.put("oracle.net.ssl_server_dn_match", "true");
                }
            }
            case POSTGRES, MARIADB, SQLITE, DUCKDB -> throw invalid("its TLS has other words");
        }
        return verified ? Tls.VERIFIED : local ? Tls.LOCAL : Tls.WEAKENED;
    }

    /** The driver's properties, the password among them: for the driver only. */
    public Properties properties() {
        Properties all = new Properties();
        all.putAll(parameters);
        if (!user.isEmpty()) {
            all.setProperty("user", user);
        }
        password.ifPresent(secret -> all.setProperty("password", secret.reveal()));
        return all;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw invalid("a % in it is not followed by two hexadecimal digits; write %25 for a percent sign");
        }
    }

    private static String shortened(String name) {
        return name.matches("[A-Za-z0-9_]{1,40}") ? name : "(" + name.length() + " characters)";
    }

    private static WindrowException invalid(String why) {
        return WindrowException.of(JdbcError.URL_INVALID, "Reading the database's URL: " + why).at("sink.jdbc.url");
    }
}
