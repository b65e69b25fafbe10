package io.windrow.core.spec;

import io.windrow.api.error.WindrowException;
import io.windrow.core.registry.NearestName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Replaces {@code ${scheme:name}} in values. {@code $${} stands for a literal {@code ${}. What it puts in is never interpolated again. */
final class Interpolation {
    private final Map<String, SecretProvider> providers = new LinkedHashMap<>();
    private final Map<String, SecretProvider.Lookup> known = new LinkedHashMap<>();

    Interpolation(List<SecretProvider> providers) {
        providers.forEach(provider -> this.providers.put(provider.scheme(), provider));
    }

    /**
     * A value with its references replaced.
     *
     * @param text the value
     * @param literal whether the file held the text itself, so that it may be quoted
     * @param secret whether part of it must never be shown
     */
    record Resolved(String text, boolean literal, boolean secret) {
        @Override
        public String toString() {
            return literal ? text : "***";
        }
    }

    Resolved resolve(String text, Place place) {
        StringBuilder out = new StringBuilder();
        boolean literal = true;
        boolean secret = false;
        int from = 0;
        while (true) {
            int start = text.indexOf("${", from);
            if (start < 0) {
                return new Resolved(out.append(text, from, text.length()).toString(), literal, secret);
            }
            if (start > from && text.charAt(start - 1) == '$') {
                out.append(text, from, start - 1).append("${");
                from = start + 2;
                continue;
            }
            int end = text.indexOf('}', start);
            int colon = text.indexOf(':', start);
            if (end < 0 || colon < 0 || colon > end || colon + 1 == end) {
                throw WindrowException.of(
                                SpecError.BAD_REFERENCE,
                                "Reading " + place.path() + ": a reference has the form ${scheme:name}")
                        .at(place.toString());
            }
            SecretProvider provider = provider(text.substring(start + 2, colon), place);
            out.append(text, from, start).append(value(provider, text.substring(colon + 1, end), place));
            literal = false;
            secret |= provider.sensitive();
            from = end + 1;
        }
    }

    private SecretProvider provider(String scheme, Place place) {
        SecretProvider provider = providers.get(scheme);
        if (provider == null) {
            String near = NearestName.of(scheme, providers.keySet())
                    .map(name -> "; did you mean " + name + "?")
                    .orElse("; there are " + String.join(", ", providers.keySet()));
            throw WindrowException.of(
                            SpecError.BAD_REFERENCE,
                            "Reading " + place.path() + ": there is no reference scheme " + scheme + near)
                    .at(place.toString());
        }
        return provider;
    }

    private String value(SecretProvider provider, String name, Place place) {
        SecretProvider.Lookup lookup =
                known.computeIfAbsent(provider.scheme() + ":" + name, key -> provider.lookup(name));
        return switch (lookup) {
            case SecretProvider.Lookup.Found found -> found.value().reveal();
            case SecretProvider.Lookup.Missing missing -> throw WindrowException.of(
                            SpecError.SECRET_MISSING,
                            "Resolving ${" + provider.scheme() + ":" + shown(provider, name) + "}: not found; looked at "
                                    + String.join(", ", missing.lookedAt()))
                    .at(place.toString());
        };
    }

    private static String shown(SecretProvider provider, String name) {
        return provider.scheme().equals("exec") ? name.strip().split("\\s+")[0] + " …" : name;
    }
}
