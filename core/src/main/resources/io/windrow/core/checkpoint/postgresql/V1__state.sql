CREATE TABLE windrow_lease (
    pipeline TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    token BIGINT NOT NULL,
    held BIGINT NOT NULL,
    guarded BIGINT NOT NULL,
    ttl_millis BIGINT NOT NULL,
    expires_millis BIGINT NOT NULL,
    renewals BIGINT NOT NULL
);
CREATE TABLE windrow_stream (
    pipeline TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    generation BIGINT NOT NULL,
    last_epoch BIGINT NOT NULL,
    committed BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    pending_status TEXT NOT NULL,
    start_record TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, namespace, name)
);
CREATE TABLE windrow_epoch (
    pipeline TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    record TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, namespace, name, epoch)
);
CREATE TABLE windrow_split (
    pipeline TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    split TEXT NOT NULL,
    since BIGINT NOT NULL,
    record TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, namespace, name, split, since)
);
CREATE TABLE windrow_ledger (
    pipeline TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    committed BIGINT NOT NULL,
    record TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, epoch, namespace, name)
);
CREATE TABLE windrow_store (
    version BIGINT NOT NULL
);
INSERT INTO windrow_store VALUES (1);
