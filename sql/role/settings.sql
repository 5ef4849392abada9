-- What each session in this database begins with, on any server: joins by hash, not by merging.
--
-- Two views are joined by several names at once. Of groups the planner does not know how often a name occurs, so it may
-- sort both sides by one, say the corpus, which is the same in every row: each row is then compared with each. A clone of
-- a database lacks this; the embedded server has it for all of them.
--
-- Read by: warehouse db upgrade.
DO $$
BEGIN
    IF (SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()) THEN
        EXECUTE format('ALTER DATABASE %I SET enable_mergejoin = off', current_database());
    END IF;
END
$$;
