package io.windrow.connectors.postgres;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A database's URL, taken apart before anything uses it (H01): what may be printed, and the password. Of the driver's
 * parameters only harmless ones are let through; the driver can load classes by name with others.
 *
 * @param hosts {@code host:port}, comma separated
 * @param database the database's name
 * @param user the role
 * @param password the password, if there is one
 * @param tls how TLS is used
 * @param parameters the driver's properties
 */
record PostgresAddress(
        String hosts, String database, String user, Optional<Secret> password, Tls tls, Map<String, String> parameters) {
    private static final Map<String, String> ALLOWED = Map.ofEntries(
            Map.entry("sslmode", "sslmode"),
            Map.entry("sslrootcert", "sslrootcert"),
            Map.entry("sslcert", "sslcert"),
            Map.entry("sslkey", "sslkey"),
            Map.entry("sslnegotiation", "sslNegotiation"),
            Map.entry("channelbinding", "channelBinding"),
            Map.entry("channel_binding", "channelBinding"),
            Map.entry("targetservertype", "targetServerType"),
            Map.entry("target_session_attrs", "targetServerType"),
            Map.entry("tcpkeepalive", "tcpKeepAlive"));

    /** The values of properties that have few: what is written, without regard to case, and what the driver calls it. */
    private static final Map<String, Map<String, String>> VALUES = Map.of(
            "sslmode", same("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
            "sslNegotiation", same("postgres", "direct"),
            "channelBinding", same("disable", "prefer", "require"),
            "tcpKeepAlive", same("true", "false"),
            "targetServerType", Map.of(
                    "any", "any", "primary", "primary", "read-write", "primary", "preferprimary", "preferPrimary",
                    "secondary", "secondary", "standby", "secondary", "read-only", "secondary",
                    "prefersecondary", "preferSecondary", "prefer-standby", "preferSecondary"));
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");

    /** How TLS is used. */
    enum Tls {
        /** Certificate and host name are verified. */
        VERIFIED,
        /** The host is this machine. */
        LOCAL,
        /** The URL asks for less. */
        WEAKENED
    }

    static PostgresAddress of(Secret url, Optional<Secret> password) {
        String rest = withoutScheme(url.reveal());
        int query = rest.indexOf('?');
        String parameters = query < 0 ? "" : rest.substring(query + 1);
        String main = query < 0 ? rest : rest.substring(0, query);
        int slash = main.indexOf('/');
        String authority = slash < 0 ? main : main.substring(0, slash);
        String database = slash < 0 ? "" : decoded(main.substring(slash + 1));
        int at = authority.lastIndexOf('@');
        String user = "";
        Optional<Secret> found = password;
        if (at >= 0) {
            String info = authority.substring(0, at);
            int colon = info.indexOf(':');
            user = decoded(colon < 0 ? info : info.substring(0, colon));
            if (colon >= 0 && found.isEmpty()) {
                found = Optional.of(Secret.of(decoded(info.substring(colon + 1))));
            }
        }
        Map<String, String> properties = new LinkedHashMap<>();
        for (String parameter : parameters.isEmpty() ? new String[0] : parameters.split("&")) {
            int equals = parameter.indexOf('=');
            String name = decoded(equals < 0 ? parameter : parameter.substring(0, equals));
            String value = equals < 0 ? "" : decoded(parameter.substring(equals + 1));
            switch (name.toLowerCase(Locale.ROOT)) {
                case "user" -> user = value;
                case "password" -> found = found.isPresent() ? found : Optional.of(Secret.of(value));
                default -> {
                    String property = ALLOWED.get(name.toLowerCase(Locale.ROOT));
                    if (property == null) {
                        // A ? in a password that is not written as %3F makes its rest look like a parameter.
                        throw invalid("the parameter " + (parameters.indexOf('@') < 0 ? shortened(name) : withheld(name))
                                + " is not one of " + ALLOWED.keySet().stream().sorted().toList());
                    }
                    properties.put(property, known(name, property, value));
                }
            }
        }
        String hosts = hosts(authority.substring(at + 1));
        if (database.isEmpty() || user.isEmpty()) {
            throw invalid(database.isEmpty() ? "it names no database" : "it names no user");
        }
        return new PostgresAddress(hosts, database, user, found, tls(hosts, properties), Map.copyOf(properties));
    }

    private static Map<String, String> same(String... values) {
        return Stream.of(values).collect(Collectors.toUnmodifiableMap(value -> value, value -> value));
    }

    private static String known(String name, String property, String value) {
        Map<String, String> known = VALUES.get(property);
        if (known == null) {
            return value;
        }
        String meant = known.get(value.toLowerCase(Locale.ROOT));
        if (meant == null) {
            throw invalid("the parameter " + name + " has a value that is not one of "
                    + known.keySet().stream().sorted().toList());
        }
        return meant;
    }

    private static String withoutScheme(String url) {
        String text = url.strip();
        for (String scheme : List.of("jdbc:postgresql://", "postgresql://", "postgres://")) {
            if (text.regionMatches(true, 0, scheme, 0, scheme.length())) {
                return text.substring(scheme.length());
            }
        }
        throw invalid("it does not begin with postgres://");
    }

    private static String hosts(String text) {
        List<String> hosts = new ArrayList<>();
        for (String part : (text.isEmpty() ? "localhost" : text).split(",")) {
            String host = part.strip();
            boolean bare = host.startsWith("[") ? host.endsWith("]") : host.indexOf(':') < 0;
            String whole = bare ? host + ":5432" : host;
            if (!whole.matches("(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9._-]+):[0-9]{1,5}")) {
                throw invalid("it has no host of the form host:port");
            }
            hosts.add(whole);
        }
        return String.join(",", hosts);
    }

    private static Tls tls(String hosts, Map<String, String> properties) {
        String mode = properties.get("sslmode");
        boolean local = true;
        for (String host : hosts.split(",")) {
            String name = host.substring(0, host.lastIndexOf(':'));
            local &= LOOPBACK.matcher(name).matches();
        }
        if (mode == null) {
            properties.put("sslmode", local ? "prefer" : "verify-full");
        }
        if (!properties.containsKey("sslrootcert") && properties.get("sslmode").startsWith("verify")) {
            for (String own : List.of("sslcert", "sslkey")) {
                if (properties.containsKey(own)) {
                    throw invalid("it has " + own + " and no sslrootcert, without which the driver would not show the certificate")
                            .remedy("Add sslrootcert with the file of the authority that issued the server's certificate.");
                }
            }
            properties.put("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        if ("verify-full".equals(properties.get("sslmode"))) {
            return Tls.VERIFIED;
        }
        return local ? Tls.LOCAL : Tls.WEAKENED;
    }

    /** The URL for the driver; holds neither user nor password. */
    String jdbcUrl() {
        return "jdbc:postgresql://" + hosts + "/"
                + java.net.URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The driver's properties, the password among them: for the driver only. */
    Properties properties() {
        Properties all = new Properties();
        all.putAll(parameters);
        all.setProperty("user", user);
        password.ifPresent(secret -> all.setProperty("password", secret.reveal()));
        return all;
    }

    /** For people: {@code host:5432/database}. */
    String display() {
        return hosts + "/" + database;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw invalid("a % in it is not followed by two hexadecimal digits; write %25 for a percent sign");
        }
    }

    private static String withheld(String name) {
        return "(" + name.length() + " characters)";
    }

    private static String shortened(String name) {
        return name.matches("[A-Za-z0-9_]{1,40}") ? name : withheld(name);
    }

    private static WindrowException invalid(String why) {
        return WindrowException.of(PostgresError.URL_INVALID, "Reading the database's URL: " + why).at("source.postgres.url");
    }
}
