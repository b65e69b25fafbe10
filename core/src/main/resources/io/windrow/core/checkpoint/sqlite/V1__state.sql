CREATE TABLE windrow_lease (
    pipeline TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    token INTEGER NOT NULL,
    held INTEGER NOT NULL,
    guarded INTEGER NOT NULL,
    ttl_millis INTEGER NOT NULL,
    expires_millis INTEGER NOT NULL,
    renewals INTEGER NOT NULL
);
CREATE TABLE windrow_stream (
    pipeline TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    generation INTEGER NOT NULL,
    last_epoch INTEGER NOT NULL,
    committed INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    pending_status TEXT NOT NULL,
    start_record TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, namespace, name)
);
CREATE TABLE windrow_epoch (
    pipeline TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    record TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, namespace, name, epoch)
);
CREATE TABLE windrow_split (
    pipeline TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    split TEXT NOT NULL,
    since INTEGER NOT NULL,
    record TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, namespace, name, split, since)
);
CREATE TABLE windrow_ledger (
    pipeline TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    committed INTEGER NOT NULL,
    record TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, epoch, namespace, name)
);
PRAGMA user_version = 1;
