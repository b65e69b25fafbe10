CREATE TABLE windrow_memory (
    pipeline TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    part INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    generation BIGINT NOT NULL,
    oldest BIGINT NOT NULL,
    cut_millis BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, namespace, name, epoch, part)
);
UPDATE windrow_store SET version = 4;
