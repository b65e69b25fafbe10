package io.windrow.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.sqlite.util.LibraryLoaderUtil;

/** Unpacks once the native libraries that would else be unpacked at each start. The launcher names the folder to the JVM. */
final class NativeLibraries {
    private NativeLibraries() {}

    static void unpack(Path folder) throws IOException {
        Files.createDirectories(folder);
        unpack(
                LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName(),
                folder.resolve("sqlite"));
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (system.startsWith("linux")) {
            unpack(
                    "/linux/" + System.getProperty("os.arch") + "/libzstd-jni-" + com.github.luben.zstd.util.ZstdVersion.VERSION + ".so",
                    folder.resolve("zstd"));
        }
    }

    /** A system that the library does not know is left to the library. */
    private static void unpack(String resource, Path file) throws IOException {
        try (InputStream in = NativeLibraries.class.getResourceAsStream(resource)) {
            if (in != null) {
                Path part = file.resolveSibling(file.getFileName() + ".part");
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }
}
