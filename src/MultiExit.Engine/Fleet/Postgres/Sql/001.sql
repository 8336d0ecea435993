-- The members of fleets. A row is never deleted, since the epoch of a node only counts up.
CREATE TABLE multiexit.node (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    epoch bigint NOT NULL CHECK (epoch BETWEEN 1 AND 1000000000000),
    instance uuid NOT NULL,
    version text NOT NULL CHECK (length(version) <= 64),
    labels text[] NOT NULL CHECK (cardinality(labels) <= 16 AND octet_length(labels::text) <= 8192),
    joined timestamptz NOT NULL,
    seen timestamptz NOT NULL,
    has_left boolean NOT NULL,
    PRIMARY KEY (fleet, name)
);
