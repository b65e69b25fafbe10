package io.windrow.connectors.files;

import io.windrow.connectors.files.tree.FileTree;
import io.windrow.testkit.fault.DiskRecorder;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** A tree whose effects are recorded. */
record RecordingTree(FileTree tree, DiskRecorder disk) implements FileTree {
    @Override
    public void folder(String path) {
        tree.folder(path);
        disk.folder(path);
    }

    @Override
    public Output create(String path) {
        Output output = tree.create(path);
        int file = disk.create(path);
        return new Output() {
            @Override
            public void append(ByteBuffer bytes) {
                byte[] copy = new byte[bytes.remaining()];
                bytes.duplicate().get(copy);
                output.append(bytes);
                disk.append(file, copy);
            }

            @Override
            public void sync() {
                output.sync();
                disk.sync(file);
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
        disk.syncFolder(path);
    }

    @Override
    public void rename(String from, String to) {
        tree.rename(from, to);
        disk.rename(from, to);
    }

    @Override
    public void link(String path, String target) {
        tree.link(path, target);
        disk.link(path, target);
    }

    @Override
    public Optional<String> linkTarget(String path) {
        return tree.linkTarget(path);
    }

    @Override
    public void delete(String path) {
        tree.delete(path);
        disk.delete(path);
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
    public FileChannel channel(String path) {
        return tree.channel(path);
    }

    @Override
    public void list(String path, Consumer<Entry> entries) {
        tree.list(path, entries);
    }

    @Override
    public Path local(String path) {
        return tree.local(path);
    }
}
