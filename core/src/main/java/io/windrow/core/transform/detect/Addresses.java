package io.windrow.core.transform.detect;

/** Whether text is an IP address, without asking a resolver. */
final class Addresses {
    private Addresses() {}

    /** Whether a text has as many dots or colons as an address. */
    static boolean possible(CharSequence text) {
        int dots = 0;
        int colons = 0;
        for (int i = 0; i < text.length(); i++) {
            dots += text.charAt(i) == '.' ? 1 : 0;
            colons += text.charAt(i) == ':' ? 1 : 0;
        }
        return dots >= 3 || colons >= 2;
    }

    static boolean valid(String text) {
        return text.indexOf(':') < 0 ? four(text) : six(text);
    }

    private static boolean four(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            if (part.isEmpty() || part.length() > 3 || !part.chars().allMatch(c -> c >= '0' && c <= '9')
                    || Integer.parseInt(part) > 255 || part.length() > 1 && part.charAt(0) == '0') {
                return false;
            }
        }
        return true;
    }

    private static boolean six(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0 || text.equals("::")) {
            return false;
        }
        int groups = 0;
        String[] halves = gap < 0 ? new String[] {text} : new String[] {text.substring(0, gap), text.substring(gap + 2)};
        for (String half : halves) {
            if (half.isEmpty()) {
                continue;
            }
            for (String group : half.split(":", -1)) {
                if (group.indexOf('.') >= 0) {
                    if (!four(group)) {
                        return false;
                    }
                    groups += 2;
                } else if (group.isEmpty() || group.length() > 4) {
                    return false;
                } else {
                    groups++;
                }
            }
        }
        return gap < 0 ? groups == 8 : groups < 8;
    }
}
