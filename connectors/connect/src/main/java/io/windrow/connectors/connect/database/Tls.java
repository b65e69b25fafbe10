package io.windrow.connectors.connect.database;

import java.util.Locale;
import java.util.Set;

/** How a connection to a server is protected. */
public enum Tls {
    /** Encrypted, by a server whose certificate an authority vouches for, under the name that it was called by. */
    VERIFY_FULL,
    /** Encrypted, by a server whose certificate an authority vouches for. */
    VERIFY_CA,
    /** Encrypted, by whoever answers. */
    TRUST,
    /** Not encrypted. */
    DISABLE;

    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "::1");

    /** What is asked for if nobody says: verified, unless the host is this machine. */
    public static Tls of(String host) {
        return THIS_MACHINE.contains(host) ? DISABLE : VERIFY_FULL;
    }

    /** As MariaDB's driver and Debezium's connector for it spell it. */
    public String mariadb() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** As MySQL's driver and Debezium's connector for it spell it. */
    public String mysql() {
        return switch (this) {
            case VERIFY_FULL -> "verify_identity";
            case VERIFY_CA -> "verify_ca";
            case TRUST -> "required";
            case DISABLE -> "disabled";
        };
    }
}
