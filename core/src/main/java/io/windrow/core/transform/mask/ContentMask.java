package io.windrow.core.transform.mask;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.core.policy.MaskRule;
import io.windrow.core.transform.detect.Finder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;

/** Replaces what detectors find inside a text column. Of finds that overlap, that of the earlier rule counts. */
final class ContentMask implements ColumnMask {
    private final Column column;
    private final List<Rule> rules;
    private final boolean lettersAlone;

    /**
     * One detector and what becomes of its finds.
     *
     * @param detector what is looked for
     * @param finder finds it
     * @param change makes the new text of a find; empty: the whole value becomes null
     * @param version as {@link ColumnMask#version()}
     */
    record Rule(MaskRule.Detector detector, Finder finder, Optional<TextMask.TextChange> change, String version) {}

    private record Find(int start, int end, Rule rule) {}

    ContentMask(Column column, List<Rule> rules) {
        this.column = column;
        this.rules = List.copyOf(rules);
        // Where two people would have the same code, letters take the place of its digits: of all, if need be.
        this.lettersAlone = rules.stream().anyMatch(rule -> rule.detector() == MaskRule.Detector.CODICE_FISCALE);
    }

    @Override
    public List<Column> output() {
        boolean nulls = rules.stream().anyMatch(rule -> rule.change().isEmpty());
        return List.of(new Column(
                column.id(), column.name(), column.type(), column.nullable() || nulls, column.sourceType()));
    }

    @Override
    public List<FieldVector> apply(FieldVector values, BadRows bad) {
        VarCharVector texts = (VarCharVector) values;
        int rows = texts.getValueCount();
        VarCharVector vector = new VarCharVector(values.getName(), values.getAllocator());
        try {
            vector.allocateNew(Math.max(16, texts.sizeOfValueBuffer()), rows);
            for (int row = 0; row < rows; row++) {
                if (!texts.isNull(row)) {
                    mask(texts, row, vector, bad);
                }
            }
            vector.setValueCount(rows);
            return List.of(vector);
        } catch (RuntimeException e) {
            vector.close();
            throw e;
        }
    }

    private void mask(VarCharVector texts, int row, VarCharVector vector, BadRows bad) {
        int start = texts.getStartOffset(row);
        int end = texts.getEndOffset(row);
        if (!lettersAlone && !mayHold(texts.getDataBuffer(), start, end)) {
            vector.setSafe(row, start, end - start, texts.getDataBuffer());
            return;
        }
        String text = new String(texts.get(row), StandardCharsets.UTF_8);
        List<Find> finds = finds(text);
        if (finds.isEmpty()) {
            vector.setSafe(row, start, end - start, texts.getDataBuffer());
            return;
        }
        StringBuilder masked = new StringBuilder(text.length());
        int copied = 0;
        for (Find find : finds) {
            if (find.rule().change().isEmpty()) {
                return;
            }
            masked.append(text, copied, find.start());
            try {
                masked.append(find.rule().change().get().of(text.substring(find.start(), find.end())));
            } catch (WindrowException e) {
                bad.add(row, column.name(), e);
                return;
            }
            copied = find.end();
        }
        masked.append(text, copied, text.length());
        vector.setSafe(row, masked.toString().getBytes(StandardCharsets.UTF_8));
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

    private List<Find> finds(String text) {
        List<Find> finds = new ArrayList<>();
        for (Rule rule : rules) {
            for (Finder.Span span : rule.finder().find(text)) {
                if (finds.stream().noneMatch(find -> span.start() < find.end() && find.start() < span.end())) {
                    finds.add(new Find(span.start(), span.end(), rule));
                }
            }
        }
        finds.sort(Comparator.comparingInt(Find::start));
        return finds;
    }

    @Override
    public boolean injective() {
        return false;
    }

    @Override
    public String version() {
        return "detect " + rules.stream().map(Rule::version).toList();
    }
}
