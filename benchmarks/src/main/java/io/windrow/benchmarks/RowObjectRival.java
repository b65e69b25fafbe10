package io.windrow.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;

/**
 * The row-object way: a JDBC cursor of 10,000 rows, an Avro record for each row, parquet-avro's writer with Zstandard. What
 * a program does that knows neither columns nor batches; its connection is not told to use binary transfer.
 */
final class RowObjectRival {
    private static final int FETCH_ROWS = 10_000;

    private RowObjectRival() {}

    /** Copies a table to a Parquet file. Gives the number of rows. */
    static long copy(Connection connection, String table, Path file) throws Exception {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(FETCH_ROWS);
            try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
                return write(rows, file);
            }
        }
    }

    private static long write(ResultSet rows, Path file) throws Exception {
        List<Column> columns = columns(rows);
        SchemaBuilder.FieldAssembler<Schema> fields = SchemaBuilder.record("row").fields();
        for (Column column : columns) {
            fields = fields.name(column.name()).type(column.schema()).noDefault();
        }
        Schema schema = fields.endRecord();
        GenericData data = new GenericData();
        data.addLogicalTypeConversion(new org.apache.avro.Conversions.DecimalConversion());
        long count = 0;
        try (ParquetWriter<GenericRecord> writer = AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(file))
                .withSchema(schema)
                .withDataModel(data)
                .withConf(new PlainParquetConfiguration())
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .build()) {
            while (rows.next()) {
                GenericRecord row = new GenericData.Record(schema);
                for (int i = 0; i < columns.size(); i++) {
                    row.put(i, columns.get(i).value(rows, i + 1));
                }
                writer.write(row);
                count++;
            }
        }
        return count;
    }

    private record Column(String name, int type, Schema schema) {
        Object value(ResultSet rows, int at) throws SQLException {
            return switch (type) {
                case Types.BIGINT -> rows.getLong(at);
                case Types.INTEGER -> rows.getInt(at);
                case Types.NUMERIC -> rows.getBigDecimal(at);
                case Types.DATE -> (int) rows.getObject(at, java.time.LocalDate.class).toEpochDay();
                default -> rows.getString(at);
            };
        }
    }

    private static List<Column> columns(ResultSet rows) throws SQLException {
        List<Column> columns = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            int type = rows.getMetaData().getColumnType(i);
            Schema schema = switch (type) {
                case Types.BIGINT -> Schema.create(Schema.Type.LONG);
                case Types.INTEGER -> Schema.create(Schema.Type.INT);
                case Types.NUMERIC -> LogicalTypes.decimal(
                                rows.getMetaData().getPrecision(i), rows.getMetaData().getScale(i))
                        .addToSchema(Schema.create(Schema.Type.BYTES));
                case Types.DATE -> LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
                default -> Schema.create(Schema.Type.STRING);
            };
            columns.add(new Column(rows.getMetaData().getColumnName(i), type, schema));
        }
        return columns;
    }
}
