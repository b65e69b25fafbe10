package io.windrow.connectors.postgres.codec;

/** Validity of UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
    private Utf8() {}

    static boolean valid(byte[] bytes, int offset, int length) {
        int i = offset;
        int end = offset + length;
        while (i < end) {
            int b = bytes[i++];
            if (b >= 0) {
                continue;
            }
            int lead = b & 0xFF;
            int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
            if (lead < 0xC2 || lead > 0xF4 || i + more > end) {
                return false;
            }
            int second = bytes[i] & 0xFF;
            if ((lead == 0xE0 && second < 0xA0)
                    || (lead == 0xED && second > 0x9F)
                    || (lead == 0xF0 && second < 0x90)
                    || (lead == 0xF4 && second > 0x8F)) {
                return false;
            }
            for (int k = 0; k < more; k++) {
                if ((bytes[i + k] & 0xC0) != 0x80) {
                    return false;
                }
            }
            i += more;
        }
        return true;
    }
}
