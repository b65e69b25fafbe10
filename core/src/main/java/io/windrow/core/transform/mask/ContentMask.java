package io.windrow.core.transform.mask;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.core.transform.detect.Finders;
import io.windrow.core.transform.detect.JsonTexts;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.util.TransferPair;

/** Replaces what detectors find inside a column of text or JSON, or inside the texts of a list or a structure. */
final class ContentMask implements ColumnMask {
    private final Column column;
    private final ContentRules rules;

    ContentMask(Column column, List<ContentRules.Rule> rules) {
        this.column = column;
        this.rules = new ContentRules(rules);
    }

    @Override
    public List<Column> output() {
        return List.of(rules.makeNull() ? nullable(column) : column);
    }

    /** The column where every text may be null. */
    private static Column nullable(Column column) {
        ColumnType type = switch (column.type()) {
            case ColumnType.ListOf list -> new ColumnType.ListOf(nullable(list.element()));
            case ColumnType.Struct struct ->
                new ColumnType.Struct(struct.fields().stream().map(ContentMask::nullable).toList());
            default -> column.type();
        };
        boolean text = type instanceof ColumnType.Text || type instanceof ColumnType.Json;
        return new Column(column.id(), column.name(), type, column.nullable() || text, column.sourceType());
    }

    @Override
    public List<FieldVector> apply(FieldVector values, BadRows bad) {
        return List.of(masked(column.type(), values, IntUnaryOperator.identity(), bad));
    }

    /** A new vector with the same values, masked; {@code row} tells the row of an element. */
    private FieldVector masked(ColumnType type, FieldVector values, IntUnaryOperator row, BadRows bad) {
        return switch (type) {
            case ColumnType.Text text -> texts((VarCharVector) values, JsonTexts::ofText, row, bad);
            case ColumnType.Json json -> texts((VarCharVector) values, JsonTexts::of, row, bad);
            case ColumnType.ListOf list when Finders.search(type) -> list(list, (ListVector) values, row, bad);
            case ColumnType.Struct struct when Finders.search(type) -> struct(struct, (StructVector) values, row, bad);
            default -> shared(values);
        };
    }

    /** Another vector over the same memory. */
    private static FieldVector shared(FieldVector values) {
        TransferPair pair = values.getTransferPair(values.getField(), values.getAllocator());
        pair.splitAndTransfer(0, values.getValueCount());
        return (FieldVector) pair.getTo();
    }

    private ListVector list(ColumnType.ListOf type, ListVector values, IntUnaryOperator row, BadRows bad) {
        int[] owners = new int[values.getDataVector().getValueCount()];
        for (int i = 0; i < values.getValueCount(); i++) {
            Arrays.fill(owners, values.getElementStartIndex(i), values.getElementEndIndex(i), row.applyAsInt(i));
        }
        ListVector made = (ListVector) values.getField().createVector(values.getAllocator());
        try (FieldVector elements = masked(type.element().type(), values.getDataVector(), i -> owners[i], bad)) {
            loadFrame(made, values);
            elements.makeTransferPair(made.getDataVector()).transfer();
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    private StructVector struct(ColumnType.Struct type, StructVector values, IntUnaryOperator row, BadRows bad) {
        StructVector made = (StructVector) values.getField().createVector(values.getAllocator());
        try {
            loadFrame(made, values);
            for (int i = 0; i < type.fields().size(); i++) {
                try (FieldVector field =
                        masked(type.fields().get(i).type(), values.getChildrenFromFields().get(i), row, bad)) {
                    field.makeTransferPair(made.getChildrenFromFields().get(i)).transfer();
                }
            }
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    /** Which values are null and where lists begin, over the same memory. */
    private static void loadFrame(FieldVector made, FieldVector values) {
        made.loadFieldBuffers(new ArrowFieldNode(values.getValueCount(), values.getNullCount()), values.getFieldBuffers());
    }

    private interface Search {
        Optional<String> masked(String text, Function<String, Optional<String>> rules);
    }

    private VarCharVector texts(VarCharVector texts, Search search, IntUnaryOperator rowOf, BadRows bad) {
        int count = texts.getValueCount();
        VarCharVector vector = new VarCharVector(texts.getName(), texts.getAllocator());
        try {
            vector.allocateNew(Math.max(16, texts.sizeOfValueBuffer()), count);
            for (int i = 0; i < count; i++) {
                if (!texts.isNull(i)) {
                    mask(texts, i, search, vector, rowOf, bad);
                }
            }
            vector.setValueCount(count);
            return vector;
        } catch (RuntimeException e) {
            vector.close();
            throw e;
        }
    }

    private void mask(VarCharVector texts, int at, Search search, VarCharVector vector, IntUnaryOperator rowOf, BadRows bad) {
        int start = texts.getStartOffset(at);
        int end = texts.getEndOffset(at);
        if (!rules.findLettersAlone() && !mayHold(texts.getDataBuffer(), start, end)) {
            vector.setSafe(at, start, end - start, texts.getDataBuffer());
            return;
        }
        String text = new String(texts.get(at), StandardCharsets.UTF_8);
        Optional<String> masked;
        try {
            masked = search.masked(text, rules::of);
        } catch (WindrowException e) {
            bad.add(rowOf.applyAsInt(at), column.name(), e);
            return;
        }
        if (masked.isPresent() && masked.get().equals(text)) {
            vector.setSafe(at, start, end - start, texts.getDataBuffer());
        } else {
            masked.ifPresent(shown -> vector.setSafe(at, shown.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** Every other detector looks for a digit or an at sign; what has neither need not become a string. */
    private static boolean mayHold(ArrowBuf data, int start, int end) {
        for (int i = start; i < end; i++) {
            byte b = data.getByte(i);
            // Bytes from 0x80 on may be digits of another script, which telephone numbers allow.
            if (b >= '0' && b <= '9' || b == '@' || b < 0 || b == ':') {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean injective() {
        return false;
    }

    @Override
    public String version() {
        return rules.version();
    }
}
