package io.windrow.core.spec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Secret;
import io.windrow.api.connector.Connector;
import io.windrow.api.sink.WriteMode;
import io.windrow.core.registry.Registry;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the JSON Schema (draft 2020-12) of pipeline files, for editors, from the config records. */
public final class SpecSchema {
    private static final String REFERENCE = "\\$\\{[a-z]+:[^}]+\\}";

    private final JsonGenerator json;

    private SpecSchema(JsonGenerator json) {
        this.json = json;
    }

    /** The schema for the connectors of the registry, indented. */
    public static String write(Registry registry) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            new SpecSchema(json).file(registry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.append('\n').toString();
    }

    private void file(Registry registry) throws IOException {
        json.writeStartObject();
        json.writeStringField("$schema", "https://json-schema.org/draft/2020-12/schema");
        json.writeStringField("title", "Windrow pipeline");
        json.writeStringField("type", "object");
        json.writeBooleanField("additionalProperties", false);
        strings("required", List.of("pipeline", "source", "sink"));
        json.writeObjectFieldStart("properties");
        for (Section section : Section.values()) {
            if (section.accepted()) {
                json.writeObjectFieldStart(section.key());
                json.writeStringField("description", section.text());
                section(section, registry);
                json.writeEndObject();
            }
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void section(Section section, Registry registry) throws IOException {
        switch (section) {
            case PIPELINE -> {
                json.writeStringField("type", "string");
                json.writeStringField("pattern", "^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$");
            }
            case OWNER -> record(Owner.class);
            case RUN -> record(RunConfig.class);
            case SOURCE -> {
                side();
                for (Connector connector : registry.connectors()) {
                    if (connector.source().isPresent()) {
                        connector(connector, connector.source().get().config());
                    }
                }
                json.writeEndObject();
            }
            case SINK -> {
                side();
                for (Connector connector : registry.connectors()) {
                    if (connector.sink().isPresent()) {
                        connector(connector, connector.sink().get().config());
                    }
                }
                json.writeEndObject();
            }
            case WRITE -> {
                json.writeStringField("type", "object");
                json.writeObjectFieldStart("additionalProperties");
                strings("enum", ConfigShape.words(WriteMode.class));
                json.writeEndObject();
            }
            case CONTRACT, PROVENANCE, QUARANTINE, ENCRYPTION, RETENTION -> record(policy(section));
            case MASK -> {
                json.writeStringField("type", "array");
                json.writeObjectFieldStart("items");
                record(policy(section));
                json.writeEndObject();
            }
            case DEDUPE, TRANSFORM, SAMPLE, WATERMARK -> {
                json.writeStringField("type", "object");
                json.writeObjectFieldStart("additionalProperties");
                record(policy(section));
                json.writeEndObject();
            }
            case SLO -> json.writeBooleanField("deprecated", true);
        }
    }

    private static Class<? extends Record> policy(Section section) {
        return Optional.ofNullable(GovernanceFiles.RECORDS.get(section)).orElseThrow();
    }

    private void side() throws IOException {
        json.writeStringField("type", "object");
        json.writeNumberField("minProperties", 1);
        json.writeNumberField("maxProperties", 1);
        json.writeBooleanField("additionalProperties", false);
        json.writeObjectFieldStart("properties");
    }

    private void connector(Connector connector, Class<? extends Record> config) throws IOException {
        json.writeObjectFieldStart(connector.name());
        json.writeStringField("description", connector.description());
        record(config);
        json.writeEndObject();
    }

    private void record(Class<? extends Record> type) throws IOException {
        ConfigShape shape = ConfigShape.of(type);
        json.writeStringField("type", "object");
        json.writeBooleanField("additionalProperties", false);
        List<String> required = shape.settings().stream()
                .filter(ConfigShape.Setting::required)
                .map(ConfigShape.Setting::key)
                .toList();
        if (!required.isEmpty()) {
            strings("required", required);
        }
        json.writeObjectFieldStart("properties");
        for (ConfigShape.Setting setting : shape.settings()) {
            json.writeObjectFieldStart(setting.key());
            json.writeStringField("description", description(setting));
            type(setting.type());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static String description(ConfigShape.Setting setting) {
        return setting.text()
                + (setting.defaultValue().isEmpty() ? "" : " Default: " + setting.defaultValue() + ".")
                + (setting.example().isEmpty() ? "" : " Example: " + setting.example());
    }

    private void type(Type type) throws IOException {
        Class<?> raw = ConfigShape.raw(type);
        if (raw == Optional.class) {
            type(ConfigShape.argument(type, 0));
        } else if (raw == List.class) {
            json.writeStringField("type", "array");
            json.writeObjectFieldStart("items");
            type(ConfigShape.argument(type, 0));
            json.writeEndObject();
        } else if (raw == Map.class) {
            json.writeStringField("type", "object");
            json.writeObjectFieldStart("additionalProperties");
            type(ConfigShape.argument(type, 1));
            json.writeEndObject();
        } else if (raw.isRecord() && raw != ByteSize.class) {
            if (Scalars.knows(raw)) {
                json.writeArrayFieldStart("anyOf");
                json.writeStartObject();
                json.writeStringField("type", "string");
                json.writeEndObject();
                json.writeStartObject();
                record(raw.asSubclass(Record.class));
                json.writeEndObject();
                json.writeEndArray();
            } else {
                record(raw.asSubclass(Record.class));
            }
        } else {
            scalar(raw);
        }
    }

    private void scalar(Class<?> type) throws IOException {
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            orReference("integer");
        } else if (type == double.class || type == Double.class) {
            orReference("number");
        } else if (type == boolean.class || type == Boolean.class) {
            orReference("boolean");
        } else if (type == ByteSize.class) {
            orReference("integer", "^\\d+ *(B|[KMGT]iB|[KMGT]B)?$");
        } else if (type == Duration.class) {
            json.writeStringField("type", "string");
            json.writeStringField("pattern", "^\\d+ *(ms|s|m|h|d)$|" + REFERENCE);
        } else if (type.isEnum()) {
            json.writeArrayFieldStart("anyOf");
            json.writeStartObject();
            strings("enum", ConfigShape.words(type));
            json.writeEndObject();
            text(REFERENCE);
            json.writeEndArray();
        } else if (type == Secret.class) {
            json.writeStringField("type", "string");
            json.writeBooleanField("writeOnly", true);
        } else {
            strings("type", List.of("string", "number", "boolean"));
        }
    }

    private void orReference(String type) throws IOException {
        orReference(type, REFERENCE);
    }

    private void orReference(String type, String pattern) throws IOException {
        json.writeArrayFieldStart("anyOf");
        json.writeStartObject();
        json.writeStringField("type", type);
        json.writeEndObject();
        text(pattern.equals(REFERENCE) ? REFERENCE : pattern + "|" + REFERENCE);
        json.writeEndArray();
    }

    private void text(String pattern) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "string");
        json.writeStringField("pattern", pattern);
        json.writeEndObject();
    }

    private void strings(String field, List<String> values) throws IOException {
        json.writeArrayFieldStart(field);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
