package io.windrow.connectors.files.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is durable below the root is gone with the root's own name. */
class LocalFileTreeTest {
    @TempDir
    Path above;

    /** Folder by folder what was forced, and which of its children it then had. */
    private final List<String> forced = new ArrayList<>();

    private LocalFileTree tree(Path root) {
        return new LocalFileTree(root, folder -> {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
            forced.add(above.relativize(folder) + ":" + names(folder));
        });
    }

    private static List<String> names(Path folder) throws IOException {
        try (var children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theRootAndEveryFolderAboveItThatIsMadeAreDurableInTheirParents() {
        tree(above.resolve("a/root")).folder("stream");
        // The folder above was there; its own name is made durable, too: who made it may have died before that.
        assertThat(forced).endsWith(":[a]", "a:[root]", "a/root:[stream]").hasSize(4);
    }

    @Test
    void whatARunMadeThatDiedBeforeItWasDurableIsMadeDurableByTheNext() throws IOException {
        Files.createDirectories(above.resolve("root/stream/staging"));
        LocalFileTree tree = tree(above.resolve("root"));
        tree.folder("stream/staging");
        tree.folder("stream/staging");
        assertThat(forced).containsExactly(":[root]", "root:[stream]", "root/stream:[staging]");
        tree.folder("stream/ledger");
        assertThat(forced).endsWith("root/stream:[ledger, staging]").hasSize(4);
    }
}
