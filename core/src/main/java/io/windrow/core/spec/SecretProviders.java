package io.windrow.core.spec;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.core.spec.SecretProvider.Lookup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The built-in providers. */
public final class SecretProviders {
    private static final long COMMAND_SECONDS = 30;
    private static final int MAX_BYTES = 1 << 20;

    private SecretProviders() {}

    /**
     * {@code env}, {@code file}, {@code exec} and {@code secret}.
     *
     * @param folder the folder of the pipeline file, where relative files start and the first secrets file lies
     * @param home the user's home folder, where {@code .windrow/secrets.yaml} lies
     * @param environment the environment variables
     */
    public static List<SecretProvider> standard(Path folder, Path home, Map<String, String> environment) {
        return List.of(
                environment(environment),
                provider("file", false, name -> file(folder.resolve(name))),
                provider("exec", true, name -> command(name, folder)),
                provider("secret", true, new SecretsFile(List.of(
                        folder.resolve("secrets.yaml"), home.resolve(".windrow").resolve("secrets.yaml")))::lookup));
    }

    /** A provider of fixed values, for values that a command line gives. */
    public static SecretProvider fixed(String scheme, Map<String, Secret> values) {
        return provider(scheme, true, name -> {
            Secret value = values.get(name);
            return value == null ? new Lookup.Missing(List.of(scheme + " " + name)) : new Lookup.Found(value);
        });
    }

    private static SecretProvider environment(Map<String, String> environment) {
        return provider("env", false, name -> {
            String value = environment.get(name);
            return value == null
                    ? new Lookup.Missing(List.of("environment variable " + name + " (not set)"))
                    : new Lookup.Found(Secret.of(value));
        });
    }

    private static Lookup file(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                return new Lookup.Missing(List.of("file " + file + " (larger than 1 MiB)"));
            }
            return new Lookup.Found(Secret.of(withoutLastNewline(bytes)));
        } catch (IOException e) {
            return new Lookup.Missing(List.of("file " + file + " (" + reason(e) + ")"));
        }
    }

    /** Its words are split at spaces: there is no shell. What it prints counts only if it ended well. */
    private static Lookup command(String command, Path folder) {
        List<String> words = List.of(command.strip().split("\\s+"));
        String shown = "command " + words.getFirst();
        try {
            Process process = new ProcessBuilder(words)
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            // A thread of its own: one that is held up for good must not be one that others share.
            CompletableFuture<byte[]> output = CompletableFuture.supplyAsync(
                    () -> output(process), Thread.ofPlatform().daemon().name("secret-command")::start);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(COMMAND_SECONDS);
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Lookup.Missing(List.of(shown + " (no end within " + COMMAND_SECONDS + " s)"));
            }
            // What the command has started may hold its output open for as long as it lives.
            byte[] bytes = output.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (bytes.length > MAX_BYTES) {
                return new Lookup.Missing(List.of(shown + " (prints more than 1 MiB)"));
            }
            if (process.exitValue() != 0) {
                return new Lookup.Missing(List.of(shown + " (ended with exit code " + process.exitValue() + ")"));
            }
            return new Lookup.Found(Secret.of(withoutLastNewline(bytes)));
        } catch (IOException e) {
            return new Lookup.Missing(List.of(shown + " (cannot be started)"));
        } catch (ExecutionException e) {
            return new Lookup.Missing(List.of(shown + " (its output cannot be read)"));
        } catch (TimeoutException e) {
            return new Lookup.Missing(List.of(
                    shown + " (ended, but something that it started keeps its output open for " + COMMAND_SECONDS + " s)"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Lookup.Missing(List.of(shown + " (interrupted)"));
        }
    }

    /** What the command prints; one that prints too much is ended, since it would wait for ever for a reader. */
    private static byte[] output(Process process) {
        try {
            byte[] bytes = process.getInputStream().readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                process.destroyForcibly();
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Refuses a secrets file that others than its owner may use.
     *
     * @throws WindrowException {@link SpecError#SECRET_EXPOSED}
     */
    public static void expectPrivate(Path file) {
        SecretsFile.refuseExposed(file);
    }

    static String reason(IOException e) {
        return switch (e) {
            case java.nio.file.NoSuchFileException ignored -> "does not exist";
            case java.nio.file.AccessDeniedException ignored -> "may not be read";
            default -> "cannot be read";
        };
    }

    private static String withoutLastNewline(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.endsWith("\r\n")) {
            return text.substring(0, text.length() - 2);
        }
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private static SecretProvider provider(String scheme, boolean sensitive, Function<String, Lookup> lookup) {
        record Provider(String scheme, boolean sensitive, Function<String, Lookup> how) implements SecretProvider {
            @Override
            public Lookup lookup(String name) {
                return how.apply(name);
            }
        }
        return new Provider(scheme, sensitive, lookup);
    }
}
