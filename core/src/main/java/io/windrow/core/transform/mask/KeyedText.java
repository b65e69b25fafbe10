package io.windrow.core.transform.mask;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A find becomes its keyed text, the same that a whole field with that value would get. */
final class KeyedText implements TextMask.TextChange {
    private final KeyedMask.Form form;
    private final Hmac hmac;
    private final byte[] digest = new byte[Hmac.LENGTH];

    KeyedText(KeyedMask.Form form, byte[] key) {
        this.form = form;
        this.hmac = new Hmac(key);
    }

    @Override
    public String of(String found) {
        byte[] bytes = found.getBytes(StandardCharsets.UTF_8);
        hmac.of(bytes, bytes.length, digest);
        return new String(form.write(digest), StandardCharsets.US_ASCII);
    }

    @Override
    public boolean injective() {
        return true;
    }

    @Override
    public String version() {
        return form.name().toLowerCase(Locale.ROOT) + " " + hmac.fingerprint();
    }
}
