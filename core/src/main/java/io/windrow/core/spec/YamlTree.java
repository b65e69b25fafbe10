package io.windrow.core.spec;

import io.windrow.api.error.WindrowException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** YAML text as a tree of nodes with marks. No object is ever constructed from a tag (H18). */
final class YamlTree {
    /** Not quoted: a password that begins with ! is read as a tag. */
    private static final String TAG = "a tag (!name; a text that begins with ! stands in quotes)";

    private static final int MAX_CHARACTERS = 4 << 20;
    /** No setting lies this deep; the parser's time grows with text times depth. */
    private static final int MAX_DEPTH = 100;

    private YamlTree() {}

    /** The root node of the only document; empty if the text holds nothing but comments. */
    static Optional<Node> read(String text, Place place) {
        if (text.length() > MAX_CHARACTERS) {
            throw WindrowException.of(
                            SpecError.REFUSED_YAML, "Reading the file: it has more than " + MAX_CHARACTERS + " characters")
                    .at(place.toString());
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel(place.file())
                .setUseMarks(true)
                .setCodePointLimit(MAX_CHARACTERS)
                .setMaxAliasesForCollections(0)
                .build();
        try {
            int depth = 0;
            for (Event event : new Parse(settings).parseString(text)) {
                refuse(event, place);
                depth += event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
                if (depth > MAX_DEPTH) {
                    throw WindrowException.of(SpecError.REFUSED_YAML, "Reading the YAML: it is nested deeper than " + MAX_DEPTH)
                            .at(place.at(event.getStartMark()).toString());
                }
            }
            return new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            throw WindrowException.of(SpecError.SYNTAX, "Parsing the YAML: " + problem(e))
                    .at(place.at(e.getProblemMark()).toString());
        } catch (YamlEngineException e) {
            throw WindrowException.of(SpecError.SYNTAX, "Parsing the YAML: " + e.getMessage()).at(place.toString());
        } catch (StackOverflowError e) {
            throw WindrowException.of(SpecError.REFUSED_YAML, "Parsing the YAML: it is nested too deeply")
                    .at(place.toString());
        }
    }

    /** The entries of a mapping by key, in order. Keys are plain text and unique. */
    static Map<String, NodeTuple> entries(MappingNode mapping, Place place) {
        Map<String, NodeTuple> entries = new LinkedHashMap<>();
        Map<String, Integer> lines = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Place here = place.at(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw WindrowException.of(SpecError.BAD_VALUE, "Reading a mapping: a key is text, not a list or a mapping")
                        .at(here.toString());
            }
            if (key.getValue().equals("<<")) {
                throw WindrowException.of(SpecError.REFUSED_YAML, "Reading a mapping: the merge key << is not accepted")
                        .at(here.toString());
            }
            if (entries.put(key.getValue(), tuple) != null) {
                throw WindrowException.of(
                                SpecError.DUPLICATE_KEY,
                                "Reading a mapping: the key " + key.getValue() + " stands in line "
                                        + lines.get(key.getValue()) + " already")
                        .at(here.key(key.getValue()).toString());
            }
            lines.put(key.getValue(), here.line());
        }
        return entries;
    }

    private static void refuse(Event event, Place place) {
        String what = null;
        if (event instanceof AliasEvent) {
            what = "an alias (*name)";
        } else if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            what = "an anchor (&name)";
        } else if (event instanceof ScalarEvent scalar && scalar.getTag().isPresent()
                || event instanceof CollectionStartEvent start && start.getTag().isPresent()) {
            what = TAG;
        }
        if (what != null) {
            throw WindrowException.of(SpecError.REFUSED_YAML, "Reading the YAML: " + what + " is not accepted")
                    .at(place.at(event.getStartMark()).toString());
        }
    }

    private static String problem(MarkedYamlEngineException e) {
        if (e.getProblem() != null && e.getProblem().startsWith("found undefined tag handle")) {
            return TAG + " is not accepted";
        }
        String context = e.getContext() == null ? "" : e.getContext() + ": ";
        return context + e.getProblem();
    }
}
