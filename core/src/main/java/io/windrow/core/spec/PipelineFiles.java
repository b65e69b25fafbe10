package io.windrow.core.spec;

import io.windrow.api.connector.Connector;
import io.windrow.api.error.WindrowException;
import io.windrow.api.sink.WriteMode;
import io.windrow.core.registry.NearestName;
import io.windrow.core.registry.Registry;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** Reads pipeline files. Every error carries file, line, column and config path. Used by one thread at a time. */
public final class PipelineFiles {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,199}");

    private final Registry registry;
    private final Optional<List<SecretProvider>> providers;

    private PipelineFiles(Registry registry, Optional<List<SecretProvider>> providers) {
        this.registry = registry;
        this.providers = providers;
    }

    /** Reads files with the connectors of the registry; references come from the environment, files, commands and secrets files. */
    public static PipelineFiles of(Registry registry) {
        return new PipelineFiles(registry, Optional.empty());
    }

    /** The same with exactly these providers for references. */
    public PipelineFiles with(List<SecretProvider> newProviders) {
        return new PipelineFiles(registry, Optional.of(List.copyOf(newProviders)));
    }

    /** Reads a file. */
    public PipelineSpec read(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        String text;
        try {
            text = Files.readString(absolute);
        } catch (MalformedInputException e) {
            throw WindrowException.of(SpecError.SYNTAX, "Reading the pipeline file: it is not UTF-8 text").at(file.toString());
        } catch (IOException e) {
            throw WindrowException.of(
                            SpecError.UNREADABLE,
                            "Reading the pipeline file: " + absolute + " "
                                    + (Files.isDirectory(absolute) ? "is a folder" : SecretProviders.reason(e)))
                    .at(file.toString());
        }
        Path folder = absolute.getParent() == null ? absolute : absolute.getParent();
        return parse(text, file.toString(), folder);
    }

    /**
     * Reads the text of a pipeline file.
     *
     * @param name what errors call the file
     * @param folder where relative paths start
     */
    public PipelineSpec parse(String text, String name, Path folder) {
        Place top = Place.top(name);
        Interpolation interpolation = new Interpolation(providers.orElseGet(() -> SecretProviders.standard(
                folder, Path.of(System.getProperty("user.home")), System.getenv())));
        ConfigReader reader = new ConfigReader(interpolation, folder);
        Node root = YamlTree.read(text, top).orElseThrow(() -> WindrowException.of(
                        SpecError.MISSING_KEY, "Reading the pipeline file: it is empty")
                .at(name)
                .remedy("Run `windrow init` to write a first file."));
        Map<String, NodeTuple> entries = YamlTree.entries(ConfigReader.mapping(root, top.at(root)), top);
        entries.forEach((key, tuple) -> refuse(key, top.at(tuple.getKeyNode())));
        PipelineSpec spec = new PipelineSpec(
                name,
                folder,
                name(reader, required(entries, Section.PIPELINE, top), top),
                optional(entries, Section.OWNER)
                        .map(node -> reader.record(Owner.class, node, top.key("owner")))
                        .orElse(Owner.NONE),
                side(reader, required(entries, Section.SOURCE, top), top.key("source"), true),
                side(reader, required(entries, Section.SINK, top), top.key("sink"), false),
                run(reader, optional(entries, Section.RUN), top),
                optional(entries, Section.WRITE)
                        .map(node -> reader.map(WriteMode.class, node, top.key("write")))
                        .orElse(Map.of()),
                GovernanceFiles.read(reader, entries, top));
        GovernanceFiles.refuseQuarantine(spec);
        return spec;
    }

    private static RunConfig run(ConfigReader reader, Optional<Node> node, Place top) {
        Node given = node.orElseGet(() -> YamlTree.read("{}", top).orElseThrow());
        return reader.record(RunConfig.class, given, top.key("run"));
    }

    private static String name(ConfigReader reader, Node node, Place top) {
        String name = reader.text(node, top.key("pipeline"));
        if (!NAME.matcher(name).matches()) {
            throw WindrowException.of(
                            SpecError.BAD_VALUE,
                            "Reading pipeline: a name starts with a letter or digit, then up to 199 letters, digits, `-`, `_` or `.`")
                    .at(top.key("pipeline").at(node).toString());
        }
        return name;
    }

    private PipelineSpec.Side side(ConfigReader reader, Node node, Place place, boolean isSource) {
        MappingNode mapping = ConfigReader.mapping(node, place.at(node));
        Map<String, NodeTuple> entries = YamlTree.entries(mapping, place);
        if (entries.size() != 1) {
            throw WindrowException.of(
                            SpecError.BAD_VALUE,
                            "Reading " + place.path() + ": expected exactly one connector, found " + entries.keySet())
                    .at(place.at(node).toString());
        }
        String connector = entries.keySet().iterator().next();
        NodeTuple tuple = entries.get(connector);
        Place here = place.at(tuple.getKeyNode()).key(connector);
        Class<? extends Record> config;
        try {
            config = isSource ? registry.source(connector).config() : registry.sink(connector).config();
        } catch (WindrowException e) {
            Predicate<Connector> fits = c -> isSource ? c.source().isPresent() : c.sink().isPresent();
            List<String> names =
                    registry.connectors().stream().filter(fits).map(Connector::name).toList();
            throw NearestName.of(connector, names)
                    .map(near -> e.remedy("Write `" + near + "` instead of `" + connector + "`."))
                    .orElse(e)
                    .at(here.toString());
        }
        return new PipelineSpec.Side(connector, reader.record(config, tuple.getValueNode(), here), here.toString());
    }

    private static void refuse(String key, Place place) {
        int index = Section.keys().indexOf(key);
        if (index < 0) {
            throw ConfigReader.unknownKey(key, Section.keys(), place);
        }
        if (!Section.values()[index].accepted()) {
            throw WindrowException.of(SpecError.NOT_YET, "Reading the section " + key + ": this version does not act on it")
                    .at(place.key(key).toString());
        }
    }

    private static Node required(Map<String, NodeTuple> entries, Section section, Place top) {
        return optional(entries, section).orElseThrow(() -> WindrowException.of(
                        SpecError.MISSING_KEY,
                        "Reading the pipeline file: the key " + section.key() + " is missing: " + section.text())
                .at(top.key(section.key()).toString())
                .remedy("Add the key " + section.key() + "."));
    }

    static Optional<Node> optional(Map<String, NodeTuple> entries, Section section) {
        return Optional.ofNullable(entries.get(section.key()))
                .map(NodeTuple::getValueNode)
                .filter(node -> !ConfigReader.isNull(node));
    }
}
