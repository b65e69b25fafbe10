package io.windrow.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows whose columns line up. Columns named with a leading {@code >} are aligned to the right. */
final class Table {
    private final List<String> heads = new ArrayList<>();
    private final List<Boolean> right = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    private Table() {}

    static Table of(String... columns) {
        Table table = new Table();
        for (String column : columns) {
            table.right.add(column.startsWith(">"));
            table.heads.add(column.startsWith(">") ? column.substring(1) : column);
        }
        return table;
    }

    Table row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(String.valueOf(cell).replace('\n', ' '));
        }
        rows.add(row);
        return this;
    }

    /** The lines, the heads first. */
    List<String> lines() {
        int[] widths = new int[heads.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = width(heads.get(i));
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(heads, widths));
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    void print(Screen screen) {
        List<String> lines = lines();
        screen.line(screen.styled(Screen.Style.STRONG, lines.getFirst()));
        lines.subList(1, lines.size()).forEach(screen::line);
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            String gap = " ".repeat(widths[i] - width(cell));
            line.append(i == 0 ? "" : "  ").append(right.get(i) ? gap + cell : cell + gap);
        }
        return line.toString().stripTrailing();
    }

    /** Columns on a terminal: escape sequences and combining marks take none, East Asian wide characters two. */
    static int width(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (c == 0x1b) {
                int end = text.indexOf('m', i);
                i = end < 0 ? text.length() : end + 1;
                continue;
            }
            i += Character.charCount(c);
            int type = Character.getType(c);
            if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
                continue;
            }
            boolean wide = c >= 0x1100 && c <= 0x115f || c >= 0x2e80 && c <= 0xa4cf || c >= 0xac00 && c <= 0xd7a3
                    || c >= 0xf900 && c <= 0xfaff || c >= 0xfe30 && c <= 0xfe6f || c >= 0xff00 && c <= 0xff60
                    || c >= 0x1f300 && c <= 0x1faff || c >= 0x20000 && c <= 0x3fffd;
            width += wide ? 2 : 1;
        }
        return width;
    }
}
