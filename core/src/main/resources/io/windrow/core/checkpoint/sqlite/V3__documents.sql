CREATE TABLE windrow_document (
    pipeline TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    json TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, kind, name, version)
);
PRAGMA user_version = 3;
