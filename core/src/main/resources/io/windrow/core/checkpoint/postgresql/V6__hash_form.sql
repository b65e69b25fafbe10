ALTER TABLE windrow_memory ADD COLUMN form INTEGER NOT NULL DEFAULT 1;
UPDATE windrow_store SET version = 6;
