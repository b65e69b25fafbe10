package io.windrow.benchmarks.tools;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The words of a tool's command line: {@code --name value}, bare {@code --name} for flags, and the rest in order. */
public final class Words {
    private final Map<String, String> values = new HashMap<>();
    private final Set<String> flags = new HashSet<>();
    private final List<String> rest = new ArrayList<>();

    private Words() {}

    /** Throws {@link IllegalArgumentException} for an option that is neither of the two kinds. */
    public static Words of(String[] words, Set<String> options, Set<String> flags) {
        Words read = new Words();
        for (int i = 0; i < words.length; i++) {
            if (flags.contains(words[i])) {
                read.flags.add(words[i]);
            } else if (options.contains(words[i]) && i + 1 < words.length) {
                read.values.put(words[i], words[++i]);
            } else if (words[i].startsWith("--")) {
                throw new IllegalArgumentException("Reading " + words[i] + ": there are " + options + " with a value and "
                        + flags + " without");
            } else {
                read.rest.add(words[i]);
            }
        }
        return read;
    }

    /** The value of an option, or what stands for it. */
    public String value(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    /** The value of an option as a whole number, or what stands for it; throws {@link IllegalArgumentException} if it is none. */
    public long number(String name, long otherwise) {
        String text = values.get(name);
        try {
            return text == null ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Reading " + name + ": a whole number is expected, not " + text, e);
        }
    }

    /** Whether the flag was given. */
    public boolean has(String flag) {
        return flags.contains(flag);
    }

    /** The words that are neither options nor flags. */
    public List<String> rest() {
        return rest;
    }
}
