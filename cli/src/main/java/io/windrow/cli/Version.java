package io.windrow.cli;

import picocli.CommandLine.IVersionProvider;

/** Prints version and JVM. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Windrow.class.getPackage().getImplementationVersion();
        return new String[] {
            "windrow " + (version == null ? "(from classes)" : version), "java    " + System.getProperty("java.runtime.version")
        };
    }
}
