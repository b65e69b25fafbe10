package io.windrow.connectors.files;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can go wrong in the files sink besides storage itself. */
public enum FilesError implements ErrorCode {
    CONFIG_INVALID("files.config_invalid", ErrorKind.USER, "A setting of the files sink does not fit.",
            "Mend the setting that the message names."),
    OWNED_BY_OTHER("files.owned_by_other", ErrorKind.USER, "The stream's folder belongs to another pipeline or stream.",
            "Give this pipeline a root folder of its own. Without a pipeline file each set of --from, --stream, --mode and --cursor is a "
                    + "pipeline of its own: repeat the words of the first run, or let init write a file."),
    MODE_CHANGED("files.mode_changed", ErrorKind.USER, "The stream's folder was written in another write mode.",
            "Choose a new root folder, or move the stream's folder and its books away."),
    WRITER_POISONED("files.writer_poisoned", ErrorKind.BUG, "A writer was used after it had failed.",
            "Report this: nothing was published."),
    READ_BACK_DIFFERS("files.read_back_differs", ErrorKind.RESOURCE, "A file read back is not what was written.",
            "Look at the disk's health; the epoch is written again from the start."),
    STAGED_LOST("files.staged_lost", ErrorKind.EXTERNAL_PERMANENT, "A staged file is gone or has another length.",
            "Find out who deletes files below the root's .windrow folder."),
    COMMIT_CONFLICT("files.commit_conflict", ErrorKind.UNKNOWN_OUTCOME,
            "The target shows another commit where this one belongs.",
            "Find out which pipeline or restored state wrote it; nothing was deleted."),
    DISPOSAL_REFUSED("files.disposal_refused", ErrorKind.EXTERNAL_PERMANENT,
            "What is to be deleted is not what the target's books say.",
            "Run `windrow verify --files`; nothing more was deleted."),
    PARTITION_INVALID("files.partition_invalid", ErrorKind.USER, "A stream cannot be partitioned as it is set.",
            "Name columns that the stream has, of a type that the function takes."),
    PARTITION_VALUE_TOO_LONG("files.partition_value_too_long", ErrorKind.DATA,
            "A value is too long for a folder name.", "Partition by another column.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    FilesError(String code, ErrorKind kind, String meaning, String remedy) {
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
