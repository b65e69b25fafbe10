CREATE TABLE windrow_release (
    pipeline TEXT NOT NULL,
    split TEXT NOT NULL,
    record TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (pipeline, split)
);
PRAGMA user_version = 5;
