package io.windrow.testkit.postgres;

import io.windrow.api.error.WindrowException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Finds the PostgreSQL binaries of a major version on the class path and unpacks them, once per user and content, into
 * the system's temporary folder. Every folder on the way is open to all, since a server started by root runs as nobody.
 */
final class PostgresBinaries {
    private static final Set<PosixFilePermission> OPEN = PosixFilePermissions.fromString("rwxr-xr-x");

    private PostgresBinaries() {}

    /** This user's folder for binaries and clusters; exists. */
    static Path home() {
        Path home = Path.of(System.getProperty("java.io.tmpdir"), "windrow-postgres-" + System.getProperty("user.name"));
        try {
            Files.createDirectories(home);
            Files.setPosixFilePermissions(home, OPEN);
            return home.toRealPath();
        } catch (IOException e) {
            throw WindrowException.of(PostgresError.UNPACK_FAILED, "Making the folder " + home + ": " + e, e);
        }
    }

    /** The folder that holds {@code bin}, {@code lib} and {@code share} of the major version. */
    static Path unpacked(int major) {
        try {
            byte[] archive = archive(major);
            String id = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive), 0, 6);
            Path home = home();
            Path target = home.resolve("binaries-" + major + "-" + id);
            if (Files.isDirectory(target)) {
                return target;
            }
            synchronized (PostgresBinaries.class) {
                try (FileChannel channel = FileChannel.open(
                                home.resolve("unpack.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        var lock = channel.lock()) {
                    if (lock.isValid() && !Files.isDirectory(target)) {
                        Path staging = Files.createTempDirectory(home, "unpacking-");
                        Files.setPosixFilePermissions(staging, OPEN);
                        unpack(archive, staging);
                        Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
                    }
                }
            }
            return target;
        } catch (IOException | NoSuchAlgorithmException e) {
            throw WindrowException.of(
                    PostgresError.UNPACK_FAILED, "Unpacking the binaries of PostgreSQL " + major + ": " + e, e);
        }
    }

    /** The {@code .txz}: every jar holds it under the same name, so the jar's own name tells the version. */
    private static byte[] archive(int major) throws IOException {
        String machine = switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> System.getProperty("os.arch");
        };
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        String name = "postgres-" + system + "-" + machine + ".txz";
        ClassLoader loader = PostgresBinaries.class.getClassLoader();
        Pattern version = Pattern.compile("-" + major + "\\.\\d+[^/]*\\.jar!");
        for (URL url : Collections.list(loader.getResources(name))) {
            if (version.matcher(url.toString()).find()) {
                try (InputStream in = url.openStream()) {
                    return in.readAllBytes();
                }
            }
        }
        try (InputStream jar = loader.getResourceAsStream("postgres-binaries/" + major + ".jar")) {
            if (jar != null) {
                ZipInputStream zip = new ZipInputStream(new BufferedInputStream(jar, 1 << 16));
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    if (entry.getName().equals(name)) {
                        return zip.readAllBytes();
                    }
                }
            }
        }
        throw WindrowException.of(
                PostgresError.BINARIES_MISSING,
                "Looking for PostgreSQL " + major + ": neither a jar with " + name + " nor postgres-binaries/" + major
                        + ".jar is on the class path");
    }

    private static void unpack(byte[] archive, Path root) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = root.resolve(entry.getName()).normalize();
                if (!path.startsWith(root)) {
                    throw new IOException("an entry leaves the archive: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    Files.setPosixFilePermissions(path, OPEN);
                    continue;
                }
                Files.createDirectories(path.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                    continue;
                }
                Files.copy(tar, path, StandardCopyOption.REPLACE_EXISTING);
                Set<PosixFilePermission> permissions = EnumSet.of(
                        PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE,
                        PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
                if ((entry.getMode() & 0100) != 0) {
                    permissions.addAll(EnumSet.of(
                            PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.GROUP_EXECUTE,
                            PosixFilePermission.OTHERS_EXECUTE));
                }
                Files.setPosixFilePermissions(path, permissions);
            }
        }
    }
}
