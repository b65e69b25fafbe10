CREATE TABLE windrow_pipeline (
    pipeline TEXT NOT NULL PRIMARY KEY,
    hash_key TEXT NOT NULL,
    run_record TEXT NOT NULL,
    checksum TEXT NOT NULL
);
PRAGMA user_version = 2;
