package io.windrow.core.transform.mask;

/**
 * A find becomes a fixed text.
 *
 * @param text the text
 */
record Replace(String text) implements TextMask.TextChange {
    @Override
    public String of(String found) {
        return text;
    }

    @Override
    public boolean injective() {
        return false;
    }

    @Override
    public String version() {
        return "redact " + text;
    }
}
