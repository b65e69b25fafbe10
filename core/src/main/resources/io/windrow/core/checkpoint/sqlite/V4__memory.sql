CREATE TABLE windrow_memory (
    pipeline TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    part INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    oldest INTEGER NOT NULL,
    cut_millis INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, namespace, name, epoch, part)
);
PRAGMA user_version = 4;
