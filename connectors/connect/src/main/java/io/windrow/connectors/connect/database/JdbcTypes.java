package io.windrow.connectors.connect.database;

import io.windrow.api.schema.ColumnType;
import java.sql.Types;
import java.util.Optional;

/** The types that JDBC knows, as columns, each wide enough for what Debezium makes of it. */
final class JdbcTypes {
    private static final int SQL_SERVER_DATETIMEOFFSET = -155;
    private static final int ORACLE_TIMESTAMPTZ = -101;
    private static final int ORACLE_TIMESTAMPLTZ = -102;
    private static final int ORACLE_BINARY_FLOAT = 100;
    private static final int ORACLE_BINARY_DOUBLE = 101;

    private JdbcTypes() {}

    /** The column's type; empty: it is not delivered. */
    static Optional<ColumnType> of(int type, int precision, int scale) {
        return Optional.ofNullable(switch (type) {
            case Types.BIT, Types.BOOLEAN -> new ColumnType.Bool();
            // From 0 to 255 in SQL Server, from -128 elsewhere.
            case Types.TINYINT, Types.SMALLINT -> new ColumnType.Int(16, true);
            case Types.INTEGER -> new ColumnType.Int(32, true);
            case Types.BIGINT -> new ColumnType.Int(64, true);
            case Types.REAL, ORACLE_BINARY_FLOAT -> new ColumnType.Float(32);
            case Types.FLOAT, Types.DOUBLE, ORACLE_BINARY_DOUBLE -> new ColumnType.Float(64);
            // Without a declared scale, as Oracle's NUMBER, only text holds every value.
            case Types.DECIMAL, Types.NUMERIC -> precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision
                    ? new ColumnType.Decimal(precision, scale)
                    : new ColumnType.Text();
            case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.NCHAR, Types.NVARCHAR, Types.LONGNVARCHAR, Types.CLOB,
                            Types.NCLOB, Types.SQLXML -> new ColumnType.Text();
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> new ColumnType.Bytes();
            case Types.DATE -> new ColumnType.Date();
            case Types.TIME -> new ColumnType.Time();
            case Types.TIMESTAMP -> new ColumnType.Timestamp(false);
            case Types.TIMESTAMP_WITH_TIMEZONE, SQL_SERVER_DATETIMEOFFSET, ORACLE_TIMESTAMPTZ, ORACLE_TIMESTAMPLTZ ->
                new ColumnType.Timestamp(true);
            default -> null;
        });
    }
}
