package io.windrow.connectors.files;

import io.windrow.connectors.files.tree.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Records every effect on a tree and rebuilds what a disk holds after a crash: any prefix of the effects, with what was
 * not synced dropped or kept. Names are durable once their folder is synced, contents once the file is.
 */
final class RecordingTree implements FileTree {
    /** One effect. Files are told apart by number, since a rename moves the file and not the name. */
    sealed interface Effect {
        record Folder(String path) implements Effect {}

        record Create(String path, int file) implements Effect {}

        record Append(int file, byte[] bytes) implements Effect {}

        record Sync(int file) implements Effect {}

        record SyncFolder(String path) implements Effect {}

        record Rename(String from, String to) implements Effect {}

        record Link(String path, String target) implements Effect {}

        record Delete(String path) implements Effect {}

        /** Not an effect: what the test knew to be true from here on. */
        record Mark(Runnable check) implements Effect {}
    }

    private final FileTree tree;
    final List<Effect> effects = new ArrayList<>();
    private int files;

    RecordingTree(FileTree tree) {
        this.tree = tree;
    }

    void add(Effect effect) {
        effects.add(effect);
    }

    @Override
    public void folder(String path) {
        tree.folder(path);
        effects.add(new Effect.Folder(path));
    }

    @Override
    public Output create(String path) {
        Output output = tree.create(path);
        int file = files++;
        effects.add(new Effect.Create(path, file));
        return new Output() {
            @Override
            public void append(ByteBuffer bytes) {
                byte[] copy = new byte[bytes.remaining()];
                bytes.duplicate().get(copy);
                output.append(bytes);
                effects.add(new Effect.Append(file, copy));
            }

            @Override
            public void sync() {
                output.sync();
                effects.add(new Effect.Sync(file));
            }

            @Override
            public void close() {
                output.close();
            }
        };
    }

    @Override
    public void syncFolder(String path) {
        tree.syncFolder(path);
        effects.add(new Effect.SyncFolder(path));
    }

    @Override
    public void rename(String from, String to) {
        tree.rename(from, to);
        effects.add(new Effect.Rename(from, to));
    }

    @Override
    public void link(String path, String target) {
        tree.link(path, target);
        effects.add(new Effect.Link(path, target));
    }

    @Override
    public Optional<String> linkTarget(String path) {
        return tree.linkTarget(path);
    }

    @Override
    public void delete(String path) {
        tree.delete(path);
        effects.add(new Effect.Delete(path));
    }

    @Override
    public Optional<Long> length(String path) {
        return tree.length(path);
    }

    @Override
    public InputStream open(String path) {
        return tree.open(path);
    }

    @Override
    public void list(String path, Consumer<Entry> entries) {
        tree.list(path, entries);
    }

    @Override
    public Path local(String path) {
        return tree.local(path);
    }

    /** A name's meaning: a file by number, or a link. */
    private record Name(int file, String link) {}

    /** What happens to effects that were not synced when the machine died. */
    enum Unsynced { DROPPED, KEPT, NAMES_KEPT_CONTENTS_DROPPED }

    /** Builds in a folder what a disk may hold after the first {@code count} effects and a crash. */
    void replay(int count, Unsynced unsynced, Path target) throws IOException {
        Map<String, Name> seen = new TreeMap<>();
        Map<String, Name> durable = new TreeMap<>();
        Map<Integer, byte[]> contents = new HashMap<>();
        Map<Integer, byte[]> durableContents = new HashMap<>();
        List<String> folders = new ArrayList<>();
        for (Effect effect : effects.subList(0, count)) {
            switch (effect) {
                case Effect.Folder e -> folders.add(e.path());
                case Effect.Create e -> {
                    seen.put(e.path(), new Name(e.file(), ""));
                    contents.put(e.file(), new byte[0]);
                    durableContents.put(e.file(), new byte[0]);
                }
                case Effect.Append e -> contents.merge(e.file(), e.bytes(), RecordingTree::joined);
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
                case Effect.Mark ignored -> { }
            }
        }
        Map<String, Name> names = unsynced == Unsynced.DROPPED ? durable : seen;
        Map<Integer, byte[]> bytes = unsynced == Unsynced.KEPT ? contents : durableContents;
        for (String folder : folders) {
            Files.createDirectories(target.resolve(folder));
        }
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

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] joined = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, joined, a.length, b.length);
        return joined;
    }
}
