-- How long records are kept: the owner alone changes it.
CREATE TABLE multiexit.record_keep (
    days integer NOT NULL CHECK (days BETWEEN 1 AND 3660),
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only)
);
INSERT INTO multiexit.record_keep VALUES (90);

-- Up to which key the records of a node's files (its origin) are there.
CREATE TABLE multiexit.record_cursor (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    node text NOT NULL CHECK (length(node) BETWEEN 1 AND 64),
    origin uuid NOT NULL,
    key bigint NOT NULL,
    PRIMARY KEY (fleet, node, origin)
);

-- The records of sessions, a partition for each month by UTC. Times and keys are steps of 100 ns since 1970; a column has the name of the field.
CREATE TABLE multiexit.record (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    node text NOT NULL CHECK (length(node) BETWEEN 1 AND 64),
    origin uuid NOT NULL,
    key bigint NOT NULL,
    "ended" bigint, "started" bigint, "source" text, "user" text, "destination" text, "exit" text, "outcome" text, "id" bigint, "inbound" text, "protocol"
    text, "network" text, "client" text, "local" text, "login" text, "resolved" text, "rule" bigint, "group" text, "attempts" text, "peer" text, "leads"
    text, "bytes_up" bigint, "bytes_down" bigint, "handshake_ms" double precision, "route_ms" double precision, "resolve_ms" double precision, "dial_ms"
    double precision, "first_byte_up_ms" double precision, "first_byte_ms" double precision, "duration_ms" double precision, "detail" text, "flow" bigint,
    "session_key" text, "proxied_name" text, "proxied_id" text,
    PRIMARY KEY (key, fleet, node, origin),
    -- Whoever reads them needs no more memory than this for each.
    CHECK (octet_length(concat(
        "source", "user", "destination", "exit", "outcome", "inbound", "protocol", "network", "client", "local", "login", "resolved", "group",
        "attempts", "peer", "leads", "detail", "session_key", "proxied_name", "proxied_id")) <= 65536)
) PARTITION BY RANGE (key);
CREATE INDEX ON multiexit.record ("source") WHERE "source" IS NOT NULL;
CREATE INDEX ON multiexit.record (lower("user")) WHERE "user" IS NOT NULL;
CREATE INDEX ON multiexit.record (lower(rtrim("destination", '0123456789')));

-- Makes the partitions of the months that records are kept for, the next one among them, and drops those before. It runs as the owner, so that the role
-- of nodes can make and drop nothing else. What another transaction holds is left for the next time. It returns which keys have a partition.
CREATE FUNCTION multiexit.keep_records() RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    today timestamp := clock_timestamp() AT TIME ZONE 'UTC';
    first timestamp := date_trunc('month', today - make_interval(days => (SELECT days FROM multiexit.record_keep)));
    ending timestamp := date_trunc('month', today) + interval '2 months';
    month timestamp;
    part text;
BEGIN
    PERFORM pg_advisory_xact_lock(21750049262554);
    FOR month IN SELECT generate_series(first, ending - interval '1 month', interval '1 month') LOOP
        part := 'record_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass('multiexit.' || part) IS NOT NULL;
        EXECUTE format('CREATE TABLE multiexit.%I PARTITION OF multiexit.record FOR VALUES FROM (%s) TO (%s)', part,
            extract(epoch FROM month)::bigint * 10000000, extract(epoch FROM month + interval '1 month')::bigint * 10000000);
    END LOOP;
    BEGIN
        FOR part IN SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
            WHERE inhparent = 'multiexit.record'::regclass AND child.relname ~ '^record_[0-9]{4}_[0-9]{2}$'
                AND child.relname < 'record_' || to_char(first, 'YYYY_MM') LOOP
            EXECUTE format('DROP TABLE multiexit.%I', part);
        END LOOP;
    EXCEPTION WHEN lock_not_available THEN
        NULL;
    END;
    RETURN ARRAY[extract(epoch FROM first)::bigint * 10000000, extract(epoch FROM ending)::bigint * 10000000];
END
$$;
REVOKE ALL ON FUNCTION multiexit.keep_records() FROM PUBLIC;
SELECT multiexit.keep_records();
