package io.windrow.core.contract;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;

/**
 * A regular expression that the whole text must match. A text that the expression cannot be decided on within a number of
 * steps, or within the stack, is as bad as one that does not match: an expression must not stop a run.
 */
final class PatternCheck implements ColumnCheck {
    private static final long STEPS = 4_000_000;

    private final Window window = new Window();
    private final Matcher matcher;

    PatternCheck(Pattern pattern) {
        matcher = pattern.matcher(window);
    }

    @Override
    public int next(FieldVector column, int from, int rows) {
        long offsets = column.getOffsetBufferAddress();
        long data = column.getDataBufferAddress();
        long valid = column.getValidityBufferAddress();
        for (int row = from; row < rows; row++) {
            int start = MemoryUtil.getInt(offsets + 4L * row);
            int end = MemoryUtil.getInt(offsets + 4L * (row + 1));
            if (!NullCheck.isNull(valid, row) && !matches(data + start, end - start)) {
                return row;
            }
        }
        return rows;
    }

    private boolean matches(long at, int length) {
        window.show(at, length);
        try {
            return matcher.reset(window).matches();
        } catch (Undecided | StackOverflowError e) {
            return false;
        }
    }

    /** Too many steps. Has no stack trace, since it is nobody's error. */
    private static final class Undecided extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Undecided() {
            super("Matching a pattern: too many steps", null, false, false);
        }
    }

    /** The characters of one text; the buffer is used again for the next. */
    private static final class Window implements CharSequence {
        private char[] chars = new char[256];
        private int length;
        private long steps;

        void show(long at, int bytes) {
            steps = 0;
            if (chars.length < bytes) {
                chars = new char[Math.max(bytes, chars.length * 2)];
            }
            for (int i = 0; i < bytes; i++) {
                byte b = MemoryUtil.getByte(at + i);
                if (b < 0) {
                    decode(at, bytes);
                    return;
                }
                chars[i] = (char) b;
            }
            length = bytes;
        }

        private void decode(long at, int bytes) {
            byte[] copy = new byte[bytes];
            MemoryUtil.copyFromMemory(at, copy, 0, bytes);
            String text = new String(copy, StandardCharsets.UTF_8);
            text.getChars(0, text.length(), chars, 0);
            length = text.length();
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public char charAt(int index) {
            if (++steps > STEPS) {
                throw new Undecided();
            }
            return chars[index];
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new String(chars, start, end - start);
        }

        @Override
        public String toString() {
            return new String(chars, 0, length);
        }
    }
}
