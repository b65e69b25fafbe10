package io.windrow.core.spec;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Secret;
import io.windrow.api.connector.Connector;
import io.windrow.api.error.ErrorCode;
import io.windrow.core.registry.Registry;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes the reference of pipeline files and error codes as Markdown, from the config records and the code enums. */
public final class SpecReference {
    private final StringBuilder out = new StringBuilder();

    private SpecReference() {}

    /** Every section and every connector's settings. */
    public static String pipeline(Registry registry) {
        SpecReference page = new SpecReference();
        page.out.append("# The pipeline file\n\nOne YAML file is one pipeline. Unknown keys are errors. ")
                .append("`${env:NAME}`, `${file:PATH}`, `${exec:COMMAND}` and `${secret:NAME}` are replaced in values; ")
                .append("`exec` and `secret` only where the type is *secret*. Relative paths start at the file's folder.\n\n")
                .append("| key | | what it is |\n|---|---|---|\n");
        for (Section section : Section.values()) {
            boolean required = section == Section.PIPELINE || section == Section.SOURCE || section == Section.SINK;
            page.out.append("| `").append(section.key()).append("` | ").append(required ? "required" : "").append(" | ")
                    .append(cell(section.text())).append(" |\n");
        }
        page.table("owner", Owner.class);
        page.table("run", RunConfig.class);
        for (Section section : Section.values()) {
            Class<? extends Record> policy = GovernanceFiles.RECORDS.get(section);
            if (section.accepted() && policy != null) {
                page.table(section.key(), policy);
            }
        }
        for (Connector connector : registry.connectors()) {
            connector.source().ifPresent(source -> page.table("source." + connector.name(), source.config()));
            connector.sink().ifPresent(sink -> page.table("sink." + connector.name(), sink.config()));
        }
        return page.out.toString();
    }

    /** All codes: meaning, remedy and kind. */
    public static String errors(List<ErrorCode> codes) {
        StringBuilder page = new StringBuilder("# Error codes\n\n| code | kind | meaning | what to do |\n|---|---|---|---|\n");
        for (ErrorCode code : codes) {
            page.append("| `").append(code.code()).append("` | ")
                    .append(code.kind().name().toLowerCase(Locale.ROOT)).append(" | ")
                    .append(cell(code.meaning())).append(" | ").append(cell(code.remedy())).append(" |\n");
        }
        return page.toString();
    }

    private void table(String path, Class<? extends Record> type) {
        ConfigShape shape = ConfigShape.of(type);
        out.append("\n## `").append(path).append("`\n\n");
        if (!shape.text().isEmpty()) {
            out.append(shape.text()).append("\n\n");
        }
        out.append("| key | type | default | what it does |\n|---|---|---|---|\n");
        Map<String, Class<? extends Record>> nested = new LinkedHashMap<>();
        for (ConfigShape.Setting setting : shape.settings()) {
            String defaultText = setting.defaultValue().isEmpty()
                    ? setting.required() ? "required" : ""
                    : "`" + setting.defaultValue() + "`";
            String example = setting.example().isEmpty() ? "" : " Example: `" + setting.example() + "`";
            out.append("| `").append(setting.key()).append("` | ").append(cell(words(setting.type()))).append(" | ")
                    .append(cell(defaultText)).append(" | ").append(cell(setting.text() + example)).append(" |\n");
            nested(setting.type()).ifPresent(record -> nested.put(path + "." + setting.key(), record));
        }
        nested.forEach(this::table);
    }

    private static Optional<Class<? extends Record>> nested(Type type) {
        Class<?> raw = ConfigShape.raw(type);
        if (raw == Optional.class || raw == List.class) {
            return nested(ConfigShape.argument(type, 0));
        } else if (raw == Map.class) {
            return nested(ConfigShape.argument(type, 1));
        }
        return raw.isRecord() && raw != ByteSize.class ? Optional.of(raw.asSubclass(Record.class)) : Optional.empty();
    }

    private static String words(Type type) {
        Class<?> raw = ConfigShape.raw(type);
        if (raw == Optional.class) {
            return words(ConfigShape.argument(type, 0));
        } else if (raw == List.class) {
            return "list of " + words(ConfigShape.argument(type, 0));
        } else if (raw == Map.class) {
            return "mapping to " + words(ConfigShape.argument(type, 1));
        } else if (raw == Secret.class) {
            return "secret";
        } else if (raw.isEnum()) {
            List<String> quoted = new ArrayList<>();
            ConfigShape.words(raw).forEach(word -> quoted.add("`" + word + "`"));
            return String.join(", ", quoted);
        } else if (raw.isRecord() && raw != ByteSize.class) {
            return "settings";
        }
        return Scalars.accepts(raw).replaceFirst(" such as .*", "").replaceFirst("^an? ", "");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
