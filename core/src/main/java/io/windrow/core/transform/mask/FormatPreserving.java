package io.windrow.core.transform.mask;

import io.windrow.api.error.WindrowException;
import io.windrow.core.policy.MaskRule.Alphabet;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import org.bouncycastle.crypto.fpe.FPEFF1Engine;
import org.bouncycastle.crypto.params.FPEParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Format-preserving encryption by FF1 (NIST SP 800-38G): the characters of the alphabet are encrypted among themselves,
 * punctuation, signs and blanks stay where they are. A letter or digit outside the alphabet would go out in clear, so a value with
 * one is refused. The domain must have at least a million values, else it could be searched. FF3
 * is not offered: its second round of attacks made it unfit. The cost of FF1 grows with the square of a text's length, so a long
 * one is encrypted in blocks, each of which has its number and their count as its tweak.
 */
final class FormatPreserving implements TextMask.TextChange {
    private static final double MIN_DOMAIN = 1e6;
    /** So many characters of the alphabet are encrypted at once; half a block has more than a million values. */
    private static final int BLOCK = 512;

    private final String alphabet;
    private final String name;
    private final String fingerprint;
    private final FPEFF1Engine engine = new FPEFF1Engine();
    private final KeyParameter key;
    private final int minLength;

    FormatPreserving(Alphabet alphabet, byte[] key) {
        this.alphabet = characters(alphabet);
        this.name = alphabet.name().toLowerCase(Locale.ROOT);
        this.fingerprint = new Hmac(key).fingerprint();
        this.minLength = (int) Math.ceil(Math.log(MIN_DOMAIN) / Math.log(this.alphabet.length()) - 1e-9);
        byte[] digest = Hmac.sha256().digest(key);
        this.key = new KeyParameter(digest);
        Arrays.fill(digest, (byte) 0);
        engine.init(true, new FPEParameters(this.key, this.alphabet.length(), new byte[0]));
    }

    private static String characters(Alphabet alphabet) {
        String digits = "0123456789";
        String lower = "abcdefghijklmnopqrstuvwxyz";
        return switch (alphabet) {
            case DIGITS -> digits;
            case LOWER_ALPHANUMERIC -> digits + lower;
            case ALPHANUMERIC -> digits + lower.toUpperCase(Locale.ROOT) + lower;
        };
    }

    @Override
    public String of(String text) {
        if (text.codePoints().anyMatch(c -> alphabet.indexOf(c) < 0 && isContent(c))) {
            throw WindrowException.of(
                    MaskError.OUTSIDE_ALPHABET,
                    "Encrypting a value with its format kept: it holds a letter or digit outside of the alphabet " + name);
        }
        byte[] numerals = new byte[text.length()];
        int count = 0;
        for (int i = 0; i < text.length(); i++) {
            int at = alphabet.indexOf(text.charAt(i));
            if (at >= 0) {
                numerals[count++] = (byte) at;
            }
        }
        if (count < minLength) {
            throw WindrowException.of(
                    MaskError.OUTSIDE_ALPHABET,
                    "Encrypting a value with its format kept: it holds " + count + " characters of the alphabet " + name
                            + ", at least " + minLength + " are needed for a million values");
        }
        byte[] encrypted = encrypted(numerals, count);
        StringBuilder out = new StringBuilder(text.length());
        int next = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(alphabet.indexOf(c) >= 0 ? alphabet.charAt(encrypted[next++]) : c);
        }
        return out.toString();
    }

    /** Whether it is a letter, a digit or a mark on one; anything else is form. */
    private static boolean isContent(int character) {
        return switch (Character.getType(character)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK,
                    Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            case Character.PRIVATE_USE, Character.UNASSIGNED -> true;
            default -> Character.isLetterOrDigit(character) || Character.isAlphabetic(character);
        };
    }

    private byte[] encrypted(byte[] numerals, int count) {
        byte[] encrypted = new byte[count];
        if (count <= BLOCK) {
            engine.processBlock(numerals, 0, count, encrypted, 0);
            return encrypted;
        }
        FPEFF1Engine ofBlock = new FPEFF1Engine();
        int blocks = (count + BLOCK - 1) / BLOCK;
        for (int block = 0; block < blocks; block++) {
            int from = (int) ((long) count * block / blocks);
            int to = (int) ((long) count * (block + 1) / blocks);
            byte[] tweak = ByteBuffer.allocate(2 * Integer.BYTES).putInt(blocks).putInt(block).array();
            ofBlock.init(true, new FPEParameters(key, alphabet.length(), tweak));
            ofBlock.processBlock(numerals, from, to - from, encrypted, from);
        }
        return encrypted;
    }

    @Override
    public boolean injective() {
        return true;
    }

    /** The 2: rows from before then can hold letters in clear, and are those of another mask (I11). */
    @Override
    public String version() {
        return "fpe 2 " + name + " " + fingerprint;
    }
}
