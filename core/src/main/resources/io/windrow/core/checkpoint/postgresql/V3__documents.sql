CREATE TABLE windrow_document (
    pipeline TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    json TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, kind, name, version)
);
UPDATE windrow_store SET version = 3;
