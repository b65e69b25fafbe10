package io.windrow.api.schema;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * What columns are called in Avro, in delivered files and in exported schemas alike. A name that Avro does not allow is spelled
 * with underscores and ends in a digest of the exact one, which stands in the field's property {@value #PROPERTY}: so no column
 * that comes or goes changes what another's field is called, and a column whose name Avro allows is always called by it.
 */
public final class AvroNames {
    /** The property of a field that holds the exact name of its column. */
    public static final String PROPERTY = "windrow.name";

    private static final Pattern LEGAL = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private AvroNames() {}

    /** The names of the fields of a record with these columns, in their order. */
    public static List<String> of(List<Column> columns) {
        Set<String> taken = new HashSet<>();
        columns.stream().map(Column::name).filter(AvroNames::allowed).forEach(taken::add);
        List<String> names = new ArrayList<>();
        for (Column column : columns) {
            String name = column.name();
            if (!allowed(name)) {
                name = spelled(name);
                while (!taken.add(name)) {
                    name += "_";
                }
            }
            names.add(name);
        }
        return names;
    }

    private static boolean allowed(String name) {
        return LEGAL.matcher(name).matches();
    }

    private static String spelled(String name) {
        String safe = name.replaceAll("[^A-Za-z0-9_]", "_");
        byte[] exact = name.getBytes(StandardCharsets.UTF_8);
        CRC32C digest = new CRC32C();
        digest.update(exact, 0, exact.length);
        return (safe.isEmpty() || Character.isDigit(safe.charAt(0)) ? "_" : "") + safe + "_"
                + HexFormat.of().toHexDigits((int) digest.getValue());
    }
}
