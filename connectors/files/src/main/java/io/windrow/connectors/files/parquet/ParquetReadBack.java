package io.windrow.connectors.files.parquet;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * Proves from the bytes on disk that a finished file holds what the writer saw: the footer's schema and row count, and
 * the values of the sampled pages, decoded by code that shares nothing with the encoder. One thread. It reads files of
 * our own writer only.
 */
public final class ParquetReadBack {
    private static final int TAIL = 8;
    private static final int PIECE = 64 << 10;

    /**
     * What was read back and found equal.
     *
     * @param rows rows by the footer on disk
     * @param pages pages decoded
     * @param bytes bytes of those pages on disk
     */
    public record Proven(long rows, int pages, long bytes) {}

    private final ParquetInput input;
    private final ParquetSchema schema;

    private ParquetReadBack(ParquetInput input, StreamSchema schema) {
        this.input = input;
        this.schema = new ParquetSchema(schema);
    }

    /**
     * Rows by the footer on disk.
     *
     * @throws WindrowException {@code parquet.not_parquet} if the file is no whole Parquet file, {@code
     *     parquet.read_failed} if it cannot be read
     */
    public static long rows(ParquetInput input) {
        return footer(input).getNum_rows();
    }

    /**
     * Compares the file with what the writer returned.
     *
     * @throws WindrowException {@code parquet.proof_failed} if anything differs, {@code parquet.not_parquet} if the file
     *     is no whole Parquet file, {@code parquet.read_failed} if it cannot be read
     */
    public static Proven prove(ParquetInput input, StreamSchema schema, ParquetWritten written) {
        return new ParquetReadBack(input, schema).prove(written);
    }

    private Proven prove(ParquetWritten written) {
        FileMetaData footer = footer(input);
        if (!footer.getSchema().equals(schema.elements())) {
            throw differs("the footer has another schema");
        }
        long groupRows = 0;
        for (RowGroup group : footer.getRow_groups()) {
            groupRows += group.getNum_rows();
        }
        if (footer.getNum_rows() != written.rows() || groupRows != written.rows()
                || footer.getRow_groupsSize() != written.rowGroups()) {
            throw differs("the footer counts " + footer.getNum_rows() + " rows, the row groups " + groupRows
                    + ", the writer " + written.rows());
        }
        long bytes = 0;
        for (PageProof proof : written.proofs()) {
            ColumnMetaData chunk =
                    footer.getRow_groups().get(proof.rowGroup()).getColumns().get(proof.leaf()).getMeta_data();
            Leaf leaf = schema.leaves().get(proof.leaf());
            String page = "page " + proof.page() + " of column " + leaf.name() + " in row group " + proof.rowGroup();
            try {
                if (digest(leaf, chunk, proof) != proof.digest()) {
                    throw differs(page + " holds other values");
                }
            } catch (IOException | RuntimeException e) {
                if (e instanceof WindrowException known) {
                    throw known;
                }
                throw WindrowException.of(ParquetError.PROOF_FAILED, "Reading a Parquet file back: " + page
                        + " cannot be decoded", e);
            }
            bytes += proof.bytes();
        }
        return new Proven(footer.getNum_rows(), written.proofs().size(), bytes);
    }

    private static WindrowException differs(String how) {
        return WindrowException.of(ParquetError.PROOF_FAILED, "Reading a Parquet file back: " + how);
    }

    private static FileMetaData footer(ParquetInput input) {
        try {
            long size = input.size();
            if (size < TAIL + 4) {
                throw notParquet("it has " + size + " bytes");
            }
            ByteBuffer tail = ByteBuffer.wrap(read(input, size - TAIL, TAIL)).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            int length = tail.getInt();
            byte[] magic = new byte[4];
            tail.get(magic);
            if (!"PAR1".equals(new String(magic, StandardCharsets.US_ASCII)) || length <= 0 || length > size - TAIL - 4) {
                throw notParquet("its end is no footer");
            }
            return Util.readFileMetaData(new ByteArrayInputStream(read(input, size - TAIL - length, length)));
        } catch (IOException e) {
            throw WindrowException.of(ParquetError.READ_FAILED, "Reading the footer of a Parquet file", e);
        }
    }

    private static WindrowException notParquet(String why) {
        return WindrowException.of(ParquetError.NOT_PARQUET, "Reading the footer of a Parquet file: " + why);
    }

    private static byte[] read(ParquetInput input, long position, int length) throws IOException {
        byte[] bytes = new byte[length];
        input.read(position, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** A page as it lies on disk, uncompressed, its checksum compared. */
    private record Page(PageHeader header, byte[] body) {}

    private Page page(ColumnMetaData chunk, long offset, int length) throws IOException {
        byte[] bytes = read(input, offset, length);
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        PageHeader header = Util.readPageHeader(in);
        int from = length - in.available();
        if (in.available() != header.getCompressed_page_size()) {
            throw new IOException("A page of " + header.getCompressed_page_size() + " bytes has " + in.available());
        }
        CRC32 crc = new CRC32();
        crc.update(bytes, from, in.available());
        if ((int) crc.getValue() != header.getCrc()) {
            throw new IOException("A page has another checksum than its header says");
        }
        byte[] body = PageDecoding.uncompress(ParquetCodec.of(chunk.getCodec()), bytes, from, in.available(),
                header.getUncompressed_page_size());
        return new Page(header, body);
    }

    private long digest(Leaf leaf, ColumnMetaData chunk, PageProof proof) throws IOException {
        return switch (proof.kind()) {
            case DECODED -> decoded(leaf, chunk, proof);
            case STORED -> stored(proof);
        };
    }

    /** The checksum of a page's stored bytes as they lie on disk, read in pieces; the header must agree with it. */
    private long stored(PageProof proof) throws IOException {
        byte[] first = read(input, proof.offset(), Math.min(PIECE, proof.bytes()));
        ByteArrayInputStream in = new ByteArrayInputStream(first);
        PageHeader header = Util.readPageHeader(in);
        int at = first.length - in.available();
        if (proof.bytes() - at != header.getCompressed_page_size()
                || header.getData_page_header().getNum_values() != proof.values()) {
            throw new IOException("A page of " + header.getCompressed_page_size() + " bytes has " + (proof.bytes() - at));
        }
        CRC32 crc = new CRC32();
        crc.update(first, at, first.length - at);
        for (int done = first.length; done < proof.bytes(); ) {
            byte[] piece = read(input, proof.offset() + done, Math.min(PIECE, proof.bytes() - done));
            crc.update(piece);
            done += piece.length;
        }
        if ((int) crc.getValue() != header.getCrc()) {
            throw new IOException("A page has another checksum than its header says");
        }
        return crc.getValue();
    }

    private long decoded(Leaf leaf, ColumnMetaData chunk, PageProof proof) throws IOException {
        Page page = page(chunk, proof.offset(), proof.bytes());
        int count = page.header().getData_page_header().getNum_values();
        if (count != proof.values()) {
            throw differs("a page has " + count + " values, not " + proof.values());
        }
        PageDecoding in = new PageDecoding(page.body(), 0);
        int[] repetition = in.levels(leaf.maxRepetition(), count);
        int[] definition = in.levels(leaf.maxDefinition(), count);
        Digest digest = new Digest();
        int values = 0;
        for (int i = 0; i < count; i++) {
            digest.level(repetition[i], definition[i]);
            values += definition[i] == leaf.maxDefinition() ? 1 : 0;
        }
        Encoding encoding = page.header().getData_page_header().getEncoding();
        if (values > 0 && encoding == Encoding.RLE_DICTIONARY) {
            Page dictionary = page(chunk, chunk.getDictionary_page_offset(),
                    (int) (chunk.getData_page_offset() - chunk.getDictionary_page_offset()));
            int entries = dictionary.header().getDictionary_page_header().getNum_values();
            int[] indexes = in.hybrid(in.readByte(), values);
            PageDecoding plain = new PageDecoding(dictionary.body(), 0);
            if (leaf.bytes()) {
                int[] starts = new int[entries];
                int[] lengths = new int[entries];
                slices(leaf, plain, entries, starts, lengths);
                for (int index : indexes) {
                    digest.value(dictionary.body(), starts[index], lengths[index]);
                }
            } else {
                long[] numbers = plain(leaf, plain, entries);
                for (int index : indexes) {
                    digest.value(numbers[index]);
                }
            }
        } else if (values > 0) {
            digestPlain(leaf, encoding, in, values, digest);
        }
        return digest.result();
    }

    private static void digestPlain(Leaf leaf, Encoding encoding, PageDecoding in, int values, Digest digest) {
        if (!leaf.bytes()) {
            long[] numbers = encoding == Encoding.DELTA_BINARY_PACKED ? delta(leaf, in) : plain(leaf, in, values);
            for (int i = 0; i < values; i++) {
                digest.value(numbers[i]);
            }
            return;
        }
        int[] starts = new int[values];
        int[] lengths = new int[values];
        if (encoding == Encoding.DELTA_LENGTH_BYTE_ARRAY) {
            long[] all = in.delta(32);
            int at = in.position();
            for (int i = 0; i < values; i++) {
                starts[i] = at;
                lengths[i] = (int) all[i];
                at += lengths[i];
            }
        } else {
            slices(leaf, in, values, starts, lengths);
        }
        for (int i = 0; i < values; i++) {
            digest.value(in.array(), starts[i], lengths[i]);
        }
    }

    private static void slices(Leaf leaf, PageDecoding in, int count, int[] starts, int[] lengths) {
        for (int i = 0; i < count; i++) {
            lengths[i] = leaf.fixedLength() > 0 ? leaf.fixedLength() : in.readInt();
            starts[i] = in.position();
            in.skip(lengths[i]);
        }
    }

    private static long[] delta(Leaf leaf, PageDecoding in) {
        boolean narrow = leaf.physical() == org.apache.parquet.format.Type.INT32;
        long[] values = in.delta(narrow ? 32 : 64);
        for (int i = 0; narrow && i < values.length; i++) {
            values[i] = widened(leaf, (int) values[i]);
        }
        return values;
    }

    private static long[] plain(Leaf leaf, PageDecoding in, int count) {
        long[] out = new long[count];
        int bits = 0;
        for (int i = 0; i < count; i++) {
            out[i] = switch (leaf.physical()) {
                case BOOLEAN -> {
                    bits = i % 8 == 0 ? in.readByte() : bits >> 1;
                    yield bits & 1;
                }
                case INT32, FLOAT -> widened(leaf, in.readInt());
                default -> in.readLong();
            };
        }
        return out;
    }

    private static long widened(Leaf leaf, int value) {
        return leaf.type() instanceof ColumnType.Int t && !t.signed() ? value & 0xffff_ffffL : value;
    }
}
