-- Addresses that one node at a time may use. Rows stay, so that tokens only count up.
CREATE TABLE multiexit.lease (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    address text NOT NULL CHECK (length(address) <= 45),
    node text NOT NULL CHECK (length(node) BETWEEN 1 AND 64),
    epoch bigint NOT NULL,
    token bigint NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (fleet, address)
);
