package io.windrow.core.spec;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.core.spec.SecretProvider.Lookup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Secrets files: YAML mappings, nested or with slashes in their keys ({@code pg/orders/url}). The first that holds a name wins. */
final class SecretsFile {
    private final List<Path> files;

    SecretsFile(List<Path> files) {
        this.files = files;
    }

    Lookup lookup(String name) {
        List<String> lookedAt = new ArrayList<>();
        for (Path file : files) {
            if (!Files.exists(file)) {
                lookedAt.add("secrets file " + file + " (does not exist)");
                continue;
            }
            refuseExposed(file);
            Optional<String> value = Optional.ofNullable(read(file).get(name));
            if (value.isPresent()) {
                return new Lookup.Found(Secret.of(value.get()));
            }
            lookedAt.add("secrets file " + file + " (has no " + name + ")");
        }
        return new Lookup.Missing(lookedAt);
    }

    static void refuseExposed(Path file) {
        Set<PosixFilePermission> permissions;
        try {
            permissions = Files.getPosixFilePermissions(file);
        } catch (UnsupportedOperationException e) {
            return; // A file system without POSIX permissions guards its files in another way.
        } catch (IOException e) {
            throw WindrowException.of(SpecError.UNREADABLE, "Reading the secrets file: " + SecretProviders.reason(e))
                    .at(file.toString());
        }
        for (PosixFilePermission permission : permissions) {
            if (!permission.name().startsWith("OWNER_")) {
                throw WindrowException.of(
                                SpecError.SECRET_EXPOSED,
                                "Reading the secrets file: its mode lets others use it (" + permission.name().toLowerCase(java.util.Locale.ROOT) + ")")
                        .at(file.toString())
                        .remedy("Run `chmod 600 " + file + "`.");
            }
        }
    }

    private static Map<String, String> read(Path file) {
        Place place = Place.top(file.toString());
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw WindrowException.of(SpecError.UNREADABLE, "Reading the secrets file: " + SecretProviders.reason(e))
                    .at(file.toString());
        }
        Map<String, String> values = new LinkedHashMap<>();
        YamlTree.read(text, place).ifPresent(root -> collect("", root, place, values));
        return values;
    }

    private static void collect(String prefix, Node node, Place place, Map<String, String> values) {
        if (node instanceof ScalarNode scalar && !prefix.isEmpty()) {
            values.put(prefix, scalar.getValue());
            return;
        }
        if (!(node instanceof MappingNode mapping)) {
            throw WindrowException.of(SpecError.BAD_VALUE, "Reading the secrets file: expected names and texts")
                    .at(place.at(node).toString());
        }
        for (Map.Entry<String, NodeTuple> entry : YamlTree.entries(mapping, place).entrySet()) {
            String name = prefix.isEmpty() ? entry.getKey() : prefix + "/" + entry.getKey();
            collect(name, entry.getValue().getValueNode(), place, values);
        }
    }
}
