package io.windrow.connectors.jdbc.table;

import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriterId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names that Windrow gives to tables of its own. Two owners never use one name, since the fencing token is part of it (I6). */
public final class StageName {
    /** What all tables of ours begin with. */
    public static final String PREFIX = "_windrow_";

    private static final Pattern STAGE = Pattern.compile("_windrow_[0-9a-f]{16}_g\\d+_t(\\d+)_w\\d+_\\d+");

    private StageName() {}

    /** By what the tables of a pipeline's stream are told from those of others: 64 hexadecimal digits. */
    public static String id(String pipeline, StreamName stream) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : new String[] {pipeline, stream.namespace(), stream.name()}) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** What the staging tables of a stream begin with. */
    public static String prefix(String id) {
        return PREFIX + id.substring(0, 16) + "_";
    }

    /** A staging table's name. */
    public static String of(String id, WriterId writer, long number) {
        return prefix(id) + "g" + writer.generation() + "_t" + writer.fencingToken() + "_w" + writer.writer() + "_" + number;
    }

    /** The fencing token in a staging table's name, if it is one. */
    public static OptionalLong token(String table) {
        Matcher matcher = STAGE.matcher(table);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }
}
