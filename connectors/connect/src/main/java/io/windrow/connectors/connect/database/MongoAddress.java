package io.windrow.connectors.connect.database;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a MongoDB cluster is.
 *
 * @param hosts its servers, or the name under which they are found
 */
public record MongoAddress(List<String> hosts) {
    private static final Pattern URL = Pattern.compile("mongodb(?:\\+srv)?://([^/?#]+)(?:/[^?#]*)?(?:\\?(.*))?");
    private static final Pattern PROTECTION = Pattern.compile("(?i)(?:.*&)?(?:tls|ssl)[a-z]*=.*");

    public MongoAddress {
        hosts = List.copyOf(hosts);
    }

    /**
     * That of a connection string.
     *
     * @throws IllegalArgumentException if it is none, or says what other settings say
     */
    public static MongoAddress of(String url) {
        Matcher parts = URL.matcher(url);
        if (url.indexOf('@') >= 0) {
            // Without the string, which may hold a password (I11).
            throw new IllegalArgumentException("url must hold no user and no password: give them with user and password");
        }
        if (!parts.matches()) {
            throw new IllegalArgumentException("url must be a connection string such as mongodb://db.example.com/?replicaSet=rs0");
        }
        if (parts.group(2) != null && PROTECTION.matcher(parts.group(2)).matches()) {
            throw new IllegalArgumentException("url must not say how the connection is protected: the setting tls does");
        }
        return new MongoAddress(Pattern.compile(",").splitAsStream(parts.group(1)).map(MongoAddress::withoutPort).toList());
    }

    private static String withoutPort(String host) {
        String name = host.replaceFirst(":\\d+$", "");
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }

    /** What is asked for if nobody says: verified, unless all of it is this machine. */
    public Tls tls() {
        return hosts.stream().map(Tls::of).allMatch(Tls.DISABLE::equals) ? Tls.DISABLE : Tls.VERIFY_FULL;
    }
}
