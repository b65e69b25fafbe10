package io.windrow.connectors.jdbc.catalog;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * Finds the driver of a URL: in a jar or folder that the user names, which gets a class loader of its own, else on the class
 * path.
 *
 * @param place the jar, or the folder with the driver's jars; empty: the class path
 */
public record DriverFinder(Optional<Path> place) {
    /** The driver. {@link JdbcError#DRIVER_MISSING} if there is none. */
    public Driver find(String url) {
        Optional<Driver> found = place.isPresent() ? within(place.get(), url) : onClassPath(url);
        return found.orElseThrow(() -> WindrowException.of(
                JdbcError.DRIVER_MISSING,
                "Loading the driver of " + url.substring(0, url.indexOf(':', 5) + 1) + ": "
                        + place.map(where -> where + " holds none").orElse("the class path has none")));
    }

    private static Optional<Driver> onClassPath(String url) {
        try {
            return Optional.of(DriverManager.getDriver(url));
        } catch (SQLException e) {
            // The only thing that it ever says: no suitable driver.
            return Optional.empty();
        }
    }

    private static Optional<Driver> within(Path place, String url) {
        List<URL> jars = new ArrayList<>();
        try (Stream<Path> files = Files.walk(place)) {
            for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
                jars.add(jar.toUri().toURL());
            }
        } catch (IOException e) {
            throw WindrowException.of(JdbcError.DRIVER_MISSING, "Reading the driver's folder " + place + ": " + e.getMessage(), e);
        }
        // Not closed: the driver loads classes for as long as the process lives.
        URLClassLoader loader = new URLClassLoader("driver", jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        return ServiceLoader.load(Driver.class, loader).stream()
                .map(ServiceLoader.Provider::get)
                .filter(driver -> accepts(driver, url))
                .findFirst();
    }

    private static boolean accepts(Driver driver, String url) {
        try {
            return driver.acceptsURL(url);
        } catch (SQLException e) {
            return false;
        }
    }
}
