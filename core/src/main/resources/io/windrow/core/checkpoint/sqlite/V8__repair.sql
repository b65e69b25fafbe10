CREATE TABLE windrow_repair (
    pipeline TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    record TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, namespace, name)
);
PRAGMA user_version = 8;
