-- Handshakes that a node has answered, and that no other one answers: keyed hashes of them, kept for as long as they are valid.
CREATE TABLE multiexit.replay (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    mark uuid NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (fleet, mark)
);
CREATE INDEX ON multiexit.replay (fleet, until);
