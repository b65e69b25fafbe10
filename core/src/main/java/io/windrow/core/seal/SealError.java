package io.windrow.core.seal;

import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;

/** What can be wrong with encrypted files and their keys. */
public enum SealError implements ErrorCode {
    KEY_INVALID(
            "seal.key_invalid", ErrorKind.USER,
            "A wrapping key is not 32 bytes in Base64.",
            "Make one with `openssl rand -base64 32`, keep it as a secret, and name it as ${secret:…}."),
    NO_KEY(
            "seal.no_key", ErrorKind.USER,
            "A file is encrypted, and the pipeline names no key for it.",
            "Add the section encryption, or quarantine.key for rows that were set aside, with the key that was used."),
    WRONG_KEY(
            "seal.wrong_key", ErrorKind.USER,
            "The wrapping key is not the one that a file's data key was wrapped with.",
            "Give the key that was used then; after a rotation, name it in former_keys."),
    DATA_KEY_UNKNOWN(
            "seal.data_key_unknown", ErrorKind.EXTERNAL_PERMANENT,
            "The state store does not hold the data key that a file names.",
            "Use the state store of the pipeline that wrote the file; if it was restored from a backup, a newer one."),
    DATA_KEY_DESTROYED(
            "seal.data_key_destroyed", ErrorKind.EXTERNAL_PERMANENT,
            "The data key that a file names was destroyed by `windrow dispose`: nobody can read the file any more.",
            "Delete the file. The ledger says when the key was destroyed and who did it."),
    FILE_DAMAGED(
            "seal.file_damaged", ErrorKind.EXTERNAL_PERMANENT,
            "An encrypted file is not what was written: it was changed, cut short, or is no encrypted file.",
            "Restore the file from a backup."),
    NOT_WRITTEN(
            "seal.not_written", ErrorKind.RESOURCE,
            "A decrypted file cannot be written.",
            "Look at what the message says: make room, or give a folder that this user may write to."),
    PLAIN_LEFT(
            "seal.plain_left", ErrorKind.RESOURCE,
            "A decryption failed, and the part that it had written cannot be deleted.",
            "Delete the file that the message names: it holds rows in the clear.");

    private final String code;
    private final ErrorKind kind;
    private final String meaning;
    private final String remedy;

    SealError(String code, ErrorKind kind, String meaning, String remedy) {
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
