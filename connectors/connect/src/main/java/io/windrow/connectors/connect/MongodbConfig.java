package io.windrow.connectors.connect;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Doc;
import io.windrow.api.config.Secret;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.database.KnownForm;
import io.windrow.connectors.connect.database.MongoAddress;
import io.windrow.connectors.connect.database.OwnSettings;
import io.windrow.connectors.connect.database.Preset;
import io.windrow.connectors.connect.database.Server;
import io.windrow.connectors.connect.database.Tls;
import io.windrow.connectors.connect.host.PluginLoader;
import io.windrow.connectors.connect.record.LogOrder;
import io.windrow.connectors.connect.record.Shape;
import io.windrow.connectors.connect.record.Values;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How to follow the changes of a MongoDB replica set or sharded cluster. Not run against one so far. */
@Doc("Follows the changes of collections of a MongoDB replica set or sharded cluster, with Debezium's connector in this process: each "
        + "document is a row of _id and document. Not run against a real server so far.")
public record MongodbConfig(
        @Doc(value = "The servers, as MongoDB's connection string without a user.", example = "mongodb://db1.example.com,db2.example.com/?replicaSet=rs0")
                String url,
        @Doc(value = "The user.", example = "windrow") Optional<String> user,
        @Doc(value = "Its password.", example = "${secret:shop/password}") Optional<Secret> password,
        @Doc(value = "The database that knows the user.", defaultValue = "admin") String authDatabase,
        @Doc(value = "The collections to follow, as database.collection.", example = "[shop.orders]") List<String> collections,
        @Doc(value = "Fields that are not delivered, as database.collection.field, those of inner documents with further dots.", example = "[shop.orders.card.number]")
                List<String> excludeFields,
        @Doc(
                        value = "What the document of an update is: lookup (the document as it is when the connector asks for it, so maybe with "
                                + "later changes, or absent because it is gone) or post_image (as the change left it; the collection must keep "
                                + "its images: changeStreamPreAndPostImages).",
                        defaultValue = "lookup")
                Updates updates,
        @Doc("Whether the connection is encrypted and the server's certificate verified: verify_full, verify_ca or disable. Default: verify_full, but disable on this machine.")
                Optional<Tls> tls,
        @Doc("The folder of the connector's jars. Default: debezium-3.6 below the launcher's plugins.") Optional<Path> plugin,
        @Doc(value = "Further settings of Debezium's connector, by its own names. Those on which the stream rests are refused, with what to set instead.", example = "{cursor.max.await.time.ms: '1000'}")
                Map<String, String> properties,
        @Doc(value = "How many rows a batch holds at most.", defaultValue = "8192") int batchRows,
        @Doc(value = "How many bytes of memory a batch of rows takes at most.", defaultValue = "8MiB") ByteSize batchSize)
        implements Preset {
    public MongodbConfig {
        collections = List.copyOf(collections);
        excludeFields = List.copyOf(excludeFields);
        properties = Map.copyOf(properties);
        MongoAddress.of(url);
        if (collections.isEmpty()) {
            throw new IllegalArgumentException("collections must name at least one collection");
        }
        collections.forEach(MongodbConfig::stream);
        for (String field : excludeFields) {
            requireField(field, collections);
        }
        Preset.requireConnectors("properties", properties.keySet());
        OwnSettings.requireNone(properties);
        if (user.isPresent() != password.isPresent()) {
            throw new IllegalArgumentException("user and password go together");
        }
        if (tls.filter(Tls.TRUST::equals).isPresent()) {
            throw new IllegalArgumentException("tls must be verify_full, verify_ca or disable: the connector trusts no certificate that nobody vouches for");
        }
        if (batchRows < 1 || batchRows > 1_000_000 || batchSize.bytes() < 1024) {
            throw new IllegalArgumentException("batch_rows must lie between 1 and 1000000, and batch_size be 1KiB or more");
        }
    }

    /** What the document of an update is. */
    public enum Updates {
        /** The document as it is when the connector asks for it. */
        LOOKUP,
        /** The document as the change left it. */
        POST_IMAGE
    }

    /** The connector would take another name for one of a field that is not there, and hand the field on. */
    private static void requireField(String field, List<String> collections) {
        Optional<String> of = collections.stream().filter(collection -> field.startsWith(collection + ".")).findFirst();
        if (of.isEmpty()) {
            throw new IllegalArgumentException("exclude_fields names " + field + ", and its collection is not among collections");
        }
        if (of.get().indexOf('.') != of.get().lastIndexOf('.') || field.matches(".*[,*\\s].*")) {
            throw new IllegalArgumentException("exclude_fields names " + field
                    + ", which the connector cannot: the collection's name holds a dot, or a name a comma, an asterisk or a blank");
        }
    }

    /** A collection's name may hold dots, a database's may not. */
    private static StreamName stream(String written) {
        int dot = written.indexOf('.');
        if (dot <= 0 || dot == written.length() - 1 || written.indexOf(',') >= 0) {
            throw new IllegalArgumentException("a collection is written as database.collection: " + written);
        }
        return new StreamName(written.substring(0, dot), written.substring(dot + 1));
    }

    @Override
    public String vendor() {
        return "mongodb";
    }

    @Override
    public String line() {
        return "debezium-3.6";
    }

    @Override
    public String connectorClass() {
        return "io.debezium.connector.mongodb.MongoDbConnector";
    }

    @Override
    public List<StreamName> streams() {
        return collections.stream().map(MongodbConfig::stream).toList();
    }

    @Override
    public Map<String, String> settings(String pipeline) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("mongodb.connection.string", url);
        user.ifPresent(name -> {
            settings.put("mongodb.user", name);
            settings.put("mongodb.authsource", authDatabase);
        });
        password.ifPresent(secret -> settings.put("mongodb.password", secret.reveal()));
        Tls protection = tls.orElseGet(MongoAddress.of(url)::tls);
        settings.put("mongodb.ssl.enabled", Boolean.toString(protection != Tls.DISABLE));
        settings.put("mongodb.ssl.invalid.hostname.allowed", Boolean.toString(protection == Tls.VERIFY_CA));
        settings.put("mongodb.server.selection.timeout.ms", "10000");
        // Else an update would say what changed and not what is there.
        settings.put("capture.mode", "change_streams_update_full");
        settings.put("capture.mode.full.update.type", updates.name().toLowerCase(Locale.ROOT));
        Set<String> databases = streams().stream().map(StreamName::namespace).collect(Collectors.toSet());
        if (databases.size() == 1) {
            // So the user need not be able to read the others.
            settings.put("capture.scope", "database");
            settings.put("capture.target", databases.iterator().next());
        }
        if (!excludeFields.isEmpty()) {
            settings.put("field.exclude.list", String.join(",", excludeFields));
        }
        return settings;
    }

    @Override
    public Map<String, String> captured(Collection<StreamName> streams) {
        return Map.of("collection.include.list", Preset.included(streams));
    }

    @Override
    public Collection<Secret> secretValues() {
        return password.stream().toList();
    }

    @Override
    public Shape shape() {
        return Shape.DOCUMENTS;
    }

    /** The changes of one transaction have one time of the cluster. */
    @Override
    public LogOrder order() {
        return new LogOrder.Counted(List.of("sec", "ord"));
    }

    @Override
    public Values.Dialect dialect() {
        return Values.Dialect.PLAIN;
    }

    @Override
    public Server server(PluginLoader loader) {
        return KnownForm.ofDocuments();
    }
}
