-- By fleet and topic the version of the newest change. Whoever changes something of the topic raises it first and holds the row until the commit, so
-- that versions become visible in their order and no reader passes one by.
CREATE TABLE multiexit.change (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    topic text NOT NULL CHECK (length(topic) BETWEEN 1 AND 32),
    version bigint NOT NULL,
    PRIMARY KEY (fleet, topic)
);

-- Clients that are locked out, or were let in again.
CREATE TABLE multiexit.lockout (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    client text NOT NULL CHECK (length(client) <= 45),
    until timestamptz NOT NULL,
    node text NOT NULL CHECK (length(node) BETWEEN 1 AND 64),
    version bigint NOT NULL,
    PRIMARY KEY (fleet, client)
);
CREATE INDEX ON multiexit.lockout (fleet, version);
