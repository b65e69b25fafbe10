package io.windrow.testkit.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Records in which order something writes, syncs and renames files below a folder, and rebuilds what a disk may hold after
 * a crash: any prefix of these effects, with what was not synced dropped or kept. Names are durable once their folder is
 * synced, contents once the file is. SIGKILL says nothing of this: the page cache outlives a process.
 *
 * <p>Whoever writes through an interface of its own records each call ({@link #create}, {@link #append}, {@link #sync} …);
 * of a library that writes by itself {@link #observe} records what it has written since. Paths are relative, with {@code /}
 * between parts. Files are told apart by number, since a rename moves the file and not the name. Used by one thread.
 */
public final class DiskRecorder {
    private final List<Effect> effects = new ArrayList<>();
    private final Map<Integer, byte[]> observed = new HashMap<>();
    private int files;

    private sealed interface Effect {
        record Folder(String path) implements Effect {}

        record Create(String path, int file) implements Effect {}

        record Write(int file, int at, byte[] bytes) implements Effect {}

        record Append(int file, byte[] bytes) implements Effect {}

        record Sync(int file) implements Effect {}

        record SyncFolder(String path) implements Effect {}

        record Rename(String from, String to) implements Effect {}

        record Link(String path, String target) implements Effect {}

        record Delete(String path) implements Effect {}
    }

    /** What happens to effects that were not synced when the machine died. */
    public enum Unsynced {
        /** All of them are gone. */
        DROPPED,
        /** All of them came through. */
        KEPT,
        /** Names came through, contents did not: what a file system without ordering shows after a rename without a sync. */
        NAMES_KEPT_CONTENTS_DROPPED
    }

    /** How many effects there are: a moment to which {@link #replay} can go back. */
    public int count() {
        return effects.size();
    }

    /** A folder was made durably. */
    public void folder(String path) {
        effects.add(new Effect.Folder(path));
    }

    /** An empty file was made; returns its number. */
    public int create(String path) {
        int file = files++;
        effects.add(new Effect.Create(path, file));
        return file;
    }

    /** Bytes were written at the end of a file. They are kept: the caller gives them away. */
    public void append(int file, byte[] bytes) {
        effects.add(new Effect.Append(file, bytes));
    }

    /**
     * Records what a library has written to a file since the last call, in pieces of the size in which it writes, in the
     * order of their places.
     *
     * @param file its number; what it was made with is recorded by the first call
     * @param at where it lies
     * @param head the length of the first piece, 0 if it is like the others
     * @param piece bytes of each other piece
     */
    public void observe(int file, Path at, int head, int piece) throws IOException {
        byte[] before = observed.getOrDefault(file, new byte[0]);
        byte[] now = Files.readAllBytes(at);
        if (now.length < before.length) {
            throw new IOException(at + " has become shorter, which is not recorded");
        }
        int from = 0;
        while (from < now.length) {
            int to = Math.min(now.length, from + (from == 0 && head > 0 ? head : piece));
            boolean same = to <= before.length && Arrays.equals(before, from, to, now, from, to);
            if (!same) {
                effects.add(new Effect.Write(file, from, Arrays.copyOfRange(now, from, to)));
            }
            from = to;
        }
        observed.put(file, now);
    }

    /** What a file holds was made durable. */
    public void sync(int file) {
        effects.add(new Effect.Sync(file));
    }

    /** The names in a folder were made durable. */
    public void syncFolder(String path) {
        effects.add(new Effect.SyncFolder(path));
    }

    /** A file or link got another name, in place of what may have had it. */
    public void rename(String from, String to) {
        effects.add(new Effect.Rename(from, to));
    }

    /** A symbolic link was made. */
    public void link(String path, String target) {
        effects.add(new Effect.Link(path, target));
    }

    /** A name is gone. */
    public void delete(String path) {
        effects.add(new Effect.Delete(path));
    }

    /** A name's meaning: a file by number, or a link. */
    private record Name(int file, String link) {}

    /** Builds in a folder what a disk may hold after the first {@code count} effects and a crash. */
    public void replay(int count, Unsynced unsynced, Path target) throws IOException {
        Map<String, Name> seen = new TreeMap<>();
        Map<String, Name> durable = new TreeMap<>();
        Map<Integer, byte[]> contents = new HashMap<>();
        Map<Integer, byte[]> durableContents = new HashMap<>();
        Files.createDirectories(target);
        for (Effect effect : effects.subList(0, count)) {
            switch (effect) {
                case Effect.Folder e -> Files.createDirectories(target.resolve(e.path()));
                case Effect.Create e -> {
                    seen.put(e.path(), new Name(e.file(), ""));
                    contents.put(e.file(), new byte[0]);
                    durableContents.put(e.file(), new byte[0]);
                }
                case Effect.Append e ->
                        contents.compute(e.file(), (file, bytes) -> written(bytes, bytes.length, e.bytes()));
                case Effect.Write e -> contents.compute(e.file(), (file, bytes) -> written(bytes, e.at(), e.bytes()));
                case Effect.Sync e -> durableContents.put(e.file(), contents.get(e.file()));
                case Effect.SyncFolder e -> {
                    durable.keySet().removeIf(path -> parent(path).equals(e.path()));
                    seen.forEach((path, name) -> {
                        if (parent(path).equals(e.path())) {
                            durable.put(path, name);
                        }
                    });
                }
                case Effect.Rename e -> seen.put(e.to(), seen.remove(e.from()));
                case Effect.Link e -> seen.put(e.path(), new Name(-1, e.target()));
                case Effect.Delete e -> seen.remove(e.path());
            }
        }
        Map<String, Name> names = unsynced == Unsynced.DROPPED ? durable : seen;
        Map<Integer, byte[]> bytes = unsynced == Unsynced.KEPT ? contents : durableContents;
        for (Map.Entry<String, Name> entry : names.entrySet()) {
            Path path = target.resolve(entry.getKey());
            if (entry.getValue().file() < 0) {
                Files.createSymbolicLink(path, Path.of(entry.getValue().link()));
            } else {
                Files.write(path, bytes.get(entry.getValue().file()));
            }
        }
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    /** A new array: what was durable before stays as it is. */
    private static byte[] written(byte[] bytes, int at, byte[] more) {
        byte[] longer = Arrays.copyOf(bytes, Math.max(bytes.length, at + more.length));
        System.arraycopy(more, 0, longer, at, more.length);
        return longer;
    }
}
