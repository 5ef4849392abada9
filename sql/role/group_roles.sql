-- The three roles that people are put into: warehouse_owner, warehouse_writer, warehouse_reader.
--
-- They belong to the server, not to one database: several warehouses on one server share them. An owner may do what a
-- writer may.
--
-- Read by: warehouse access grant, which makes people members.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['warehouse_owner', 'warehouse_writer', 'warehouse_reader'] LOOP
        BEGIN
            IF to_regrole(role_name) IS NULL THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server came first
        END;
    END LOOP;

    IF NOT pg_has_role('warehouse_owner', 'warehouse_writer', 'USAGE') THEN
        GRANT warehouse_writer TO warehouse_owner;
    END IF;

    -- for fn.end_silent_worker: a writer takes over what another writer's process left
    IF pg_has_role(current_user, 'pg_signal_backend', 'USAGE WITH ADMIN OPTION') THEN
        GRANT pg_signal_backend TO warehouse_owner;
    END IF;

    -- whoever made the roles without being a superuser gives objects to them
    IF NOT pg_has_role(current_user, 'warehouse_owner', 'USAGE') THEN
        EXECUTE format('GRANT warehouse_owner, warehouse_writer TO %I', current_user);
    END IF;

    -- and looks at the dashboard as a reader does
    IF
        pg_has_role(current_user, 'warehouse_reader', 'MEMBER WITH ADMIN OPTION')
        AND NOT pg_has_role(current_user, 'warehouse_reader', 'SET')
    THEN
        EXECUTE format('GRANT warehouse_reader TO %I WITH INHERIT FALSE, SET TRUE', current_user);
    END IF;
END
$$;
