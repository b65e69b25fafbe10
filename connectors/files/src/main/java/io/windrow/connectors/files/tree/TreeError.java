package io.windrow.connectors.files.tree;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong with storage. */
public enum TreeError implements ErrorCode {
    DISK_FULL("files.disk_full", ErrorKind.RESOURCE, "The target's disk or quota is full.",
            "Free space or raise the quota, then run again: nothing was lost and nothing half is visible."),
    READ_ONLY("files.read_only", ErrorKind.RESOURCE, "The target's file system is read-only.",
            "Mount it writable, then run again."),
    TOO_MANY_OPEN("files.too_many_open", ErrorKind.RESOURCE, "The process or the system can open no more files.",
            "Raise the limit (`ulimit -n`) or lower sink.files.max_open_files, then run again: nothing was lost."),
    ACCESS_DENIED("files.access_denied", ErrorKind.USER, "The user that runs Windrow may not do this to the target.",
            "Give that user write access to the folder."),
    LINKS_REFUSED("files.links_refused", ErrorKind.USER,
            "The target's storage has no symbolic links or does not follow them, and a copy is replaced by pointing one elsewhere.",
            "Choose a root on a file system with symbolic links, mount it so that they are followed, or keep every copy: "
                    + "`write: {<stream>: append}`."),
    PATH_ESCAPES("files.path_escapes", ErrorKind.USER, "A path leads out of the sink's root folder.",
            "Remove the symbolic link, or make the folder it leads to the root."),
    NAME_UNSPELLABLE("files.name_unspellable", ErrorKind.USER, "The system's locale cannot spell the name of a file.",
            "Set LC_ALL=C.UTF-8 for this process; the data is as it was."),
    MISSING("files.missing", ErrorKind.EXTERNAL_PERMANENT, "A file that must be there is not.",
            "Find out who deletes or moves files below the root; restore the file."),
    EXISTS("files.exists", ErrorKind.EXTERNAL_PERMANENT, "A file is in the way.",
            "Find out who else writes below the root; move the file away."),
    SYNC_FAILED("files.sync_failed", ErrorKind.RESOURCE, "The storage did not confirm that the data is durable.",
            "Look at the disk's health; the epoch is written again from the start."),
    IO_FAILED("files.io_failed", ErrorKind.EXTERNAL_TRANSIENT, "The storage answered with an error.",
            "Look at the storage; Windrow tries again.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    TreeError(String code, ErrorKind kind, String meaning, String remedy) {
        this.code = code;
        this.kind = kind;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public ErrorKind kind() {
        return kind;
    }

    @Override
    public String meaning() {
        return meaning;
    }

    @Override
    public String remedy() {
        return remedy;
    }
}
