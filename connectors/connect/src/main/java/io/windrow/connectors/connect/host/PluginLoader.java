package io.windrow.connectors.connect.host;

import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.stream.Stream;

/**
 * The classes of one plugin folder, apart from ours and from those of other folders. Only the contract is shared: the JDK,
 * Kafka's types, SLF4J and {@link LogWatch} come from us, everything else from the folder alone, so that two lines of a connector and their
 * drivers can live in one process.
 */
public final class PluginLoader extends URLClassLoader {
    static {
        registerAsParallelCapable();
    }

    /** Of ours, but among the connector's classes: it implements what lies in the folder. */
    private static final String OURS_INSIDE = "io.windrow.connectors.connect.plugin.";

    private static final List<String> SHARED = List.of("org.apache.kafka.", "org.slf4j.", LogWatch.class.getName());

    private PluginLoader(URL[] jars) {
        super("plugin", jars, ClassLoader.getPlatformClassLoader());
    }

    /**
     * The classes of all jars in the folder and in the folders below it.
     *
     * @throws WindrowException with {@link ConnectError#PLUGIN_MISSING} if there is no jar
     */
    public static PluginLoader of(Path folder) {
        List<URL> jars = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
                    jars.add(jar.toUri().toURL());
                }
            } catch (IOException e) {
                throw WindrowException.of(
                        ConnectError.PLUGIN_MISSING, "Reading the plugin folder " + folder + ": " + e.getMessage(), e);
            }
        }
        if (jars.isEmpty()) {
            throw WindrowException.of(
                    ConnectError.PLUGIN_MISSING, "Loading the connector: the plugin folder " + folder + " holds no jar");
        }
        neutral();
        registerOwnDrivers();
        return new PluginLoader(jars.toArray(URL[]::new));
    }

    /**
     * The process goes on in no locale and in UTC. Connectors and drivers compare names that they have folded by the process's
     * locale: in Turkish an int unsigned is no longer known as one. And they read times through calendars of the process's zone.
     * Windrow's own code depends on neither.
     */
    private static void neutral() {
        Locale.setDefault(Locale.ROOT);
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    }

    /**
     * JDBC looks for drivers once in a process, by the context loader of whoever asks first. If that were a plugin, its drivers
     * would be the only ones, and our state stores and sinks would find none.
     */
    private static void registerOwnDrivers() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(PluginLoader.class.getClassLoader());
        try {
            DriverManager.drivers();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith(OURS_INSIDE)) {
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known == null ? defined(name) : known;
            }
        }
        if (SHARED.stream().anyMatch(name::startsWith)) {
            try {
                return PluginLoader.class.getClassLoader().loadClass(name);
            } catch (ClassNotFoundException e) {
                // Kafka's own connectors are called like its contract, and lie in the folder.
                return super.loadClass(name, resolve);
            }
        }
        return super.loadClass(name, resolve);
    }

    private Class<?> defined(String name) throws ClassNotFoundException {
        try (InputStream from = PluginLoader.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
            if (from == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = from.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /** An object of a class of the folder, made by its constructor without arguments. */
    public <T> T make(String className, Class<T> type) {
        try {
            return type.cast(Class.forName(className, true, this).getDeclaredConstructor().newInstance());
        } catch (ClassNotFoundException e) {
            throw WindrowException.of(
                    ConnectError.PLUGIN_BROKEN, "Loading the connector: its folder has no class " + className, e);
        } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
            throw WindrowException.of(
                    ConnectError.PLUGIN_BROKEN, "Loading the connector: class " + className + " cannot be used: " + e, e);
        }
    }
}
