package io.windrow.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows whose columns line up. Columns named with a leading {@code >} are aligned to the right. */
final class Table {
    private static final int GAP = 2;

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

    /** The lines, the heads first, within the width: columns are left out in the given order, then the widest column is cut. */
    List<String> lines(int width, String... leaveOutFirst) {
        Table table = this;
        for (String head : leaveOutFirst) {
            if (table.width() <= width) {
                break;
            }
            table = table.without(head);
        }
        int over = table.width() - width;
        return (over > 0 ? table.cut(over) : table).lines();
    }

    private int width() {
        int sum = 0;
        for (int width : widths()) {
            sum += width + GAP;
        }
        return sum - GAP;
    }

    private Table without(String head) {
        int gone = heads.indexOf(head);
        Table less = new Table();
        for (int i = 0; i < heads.size(); i++) {
            if (i != gone) {
                less.heads.add(heads.get(i));
                less.right.add(right.get(i));
            }
        }
        for (List<String> row : rows) {
            List<String> cells = new ArrayList<>(row);
            cells.remove(gone);
            less.rows.add(cells);
        }
        return less;
    }

    private Table cut(int over) {
        int[] widths = widths();
        int widest = 0;
        for (int i = 1; i < widths.length; i++) {
            widest = widths[i] > widths[widest] ? i : widest;
        }
        int left = Math.max(8, widths[widest] - over);
        Table narrow = new Table();
        narrow.heads.addAll(heads);
        narrow.right.addAll(right);
        for (List<String> row : rows) {
            List<String> cells = new ArrayList<>(row);
            String cell = cells.get(widest);
            if (width(cell) > left) {
                cells.set(widest, CellText.fitted(cell, left));
            }
            narrow.rows.add(cells);
        }
        return narrow;
    }

    private int[] widths() {
        int[] widths = new int[heads.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = width(heads.get(i));
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        return widths;
    }

    /** The lines, the heads first. */
    List<String> lines() {
        int[] widths = widths();
        List<String> lines = new ArrayList<>();
        lines.add(line(heads, widths));
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    /** Prints the whole table where the output is piped, and what fits on a terminal. */
    void print(Screen screen, String... leaveOutFirst) {
        List<String> lines = screen.fitted() ? lines(screen.width(), leaveOutFirst) : lines();
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
