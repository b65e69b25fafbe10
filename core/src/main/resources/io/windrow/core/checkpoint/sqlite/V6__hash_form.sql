ALTER TABLE windrow_memory ADD COLUMN form INTEGER NOT NULL DEFAULT 1;
PRAGMA user_version = 6;
