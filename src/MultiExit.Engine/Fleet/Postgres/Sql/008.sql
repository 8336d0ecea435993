-- Clients of sticky groups that are not where the hash leads to, or not on all nodes: the exit of the newest connection. client is a hash; without a
-- member there is no binding since then.
CREATE TABLE multiexit.pin (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    "group" text NOT NULL CHECK (length("group") BETWEEN 1 AND 256),
    client uuid NOT NULL,
    member text CHECK (length(member) BETWEEN 1 AND 256),
    seen timestamptz NOT NULL,
    lasts double precision NOT NULL CHECK (lasts BETWEEN 0 AND 2592000),
    lifetime double precision CHECK (lifetime BETWEEN 0 AND 2592000),
    version bigint NOT NULL,
    PRIMARY KEY (fleet, "group", client)
);
CREATE INDEX ON multiexit.pin (fleet, version);
