package io.windrow.core.transform.mask;

/**
 * Some characters at the ends stay, each other one becomes {@code *}. Of a text that is so short that the kept ends would
 * be half of it or more, nothing stays.
 *
 * @param start code points that stay at the start
 * @param end code points that stay at the end
 */
record Partial(int start, int end) implements TextMask.TextChange {
    Partial {
        if (start < 0 || end < 0) {
            throw new IllegalArgumentException("keep_start and keep_end are 0 or more");
        }
    }

    @Override
    public String of(String text) {
        int length = text.codePointCount(0, text.length());
        if (2L * start + 2L * end >= length) {
            return "*".repeat(length);
        }
        int from = text.offsetByCodePoints(0, start);
        int to = text.offsetByCodePoints(text.length(), -end);
        return text.substring(0, from) + "*".repeat(length - start - end) + text.substring(to);
    }

    @Override
    public boolean injective() {
        return false;
    }

    @Override
    public String version() {
        return "partial " + start + " " + end;
    }
}
