package io.windrow.connectors.connect.host;

import java.nio.file.Path;
import java.sql.Driver;
import java.sql.DriverManager;

/** Lets a plugin be the first in a process to ask JDBC for drivers, and says whose driver the process finds afterwards. */
final class DriversMain {
    private DriversMain() {}

    public static void main(String[] arguments) throws Exception {
        ClassLoader ours = Thread.currentThread().getContextClassLoader();
        try (PluginLoader plugin = PluginLoader.of(Path.of(arguments[0]))) {
            Thread.currentThread().setContextClassLoader(plugin);
            plugin.make("org.mariadb.jdbc.Driver", Driver.class);
            DriverManager.drivers().forEach(driver -> {});
            Thread.currentThread().setContextClassLoader(ours);
            boolean found = DriverManager.getDriver("jdbc:mariadb://localhost/x").getClass().getClassLoader() == ours;
            System.out.println(found ? "ours" : "the plugin's");
        }
    }
}
