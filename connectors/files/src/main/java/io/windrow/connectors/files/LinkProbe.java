package io.windrow.connectors.files;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.files.layout.StreamFolder;
import io.windrow.connectors.files.tree.FileTree;
import io.windrow.connectors.files.tree.TreeError;
import java.util.UUID;

/**
 * Asks the storage for what swapping a generation in needs, before anything is read for it: a link can be made, takes
 * another's place by rename, and leads somewhere. Leaves no trace.
 */
final class LinkProbe {
    private LinkProbe() {}

    /** Swaps as a commit would: made among the stream's books, renamed into the folder that readers look in. */
    static void swap(FileTree tree, StreamFolder folder) {
        // One name: whoever holds the stream's lease removes what a killed holder has left.
        String name = ".windrow-link-probe";
        tree.delete(folder.books() + "/" + name);
        tree.delete(folder.data() + "/" + name);
        swap(tree, folder.books() + "/" + name, folder.data() + "/" + name, "../" + folder.books());
    }

    /** Swaps in the root, which is there. */
    static void swap(FileTree tree) {
        String name = ".windrow-link-" + UUID.randomUUID();
        swap(tree, name + "-new", name, ".");
    }

    private static void swap(FileTree tree, String passing, String link, String target) {
        try {
            tree.link(link, target);
            tree.link(passing, target);
            tree.rename(passing, link);
            boolean[] leads = new boolean[1];
            tree.list(link, entry -> leads[0] = true);
            if (!leads[0]) {
                throw WindrowException.of(
                        TreeError.LINKS_REFUSED,
                        "Following link " + tree.local(link) + " to " + target + ": the system does not; is it mounted with nosymfollow?");
            }
        } finally {
            try {
                tree.delete(passing);
            } finally {
                tree.delete(link);
            }
        }
    }
}
