-- The part of a limit of a user that each node has until a time: the sum of those that have not run out is never more than the limit, but for what is in
-- use. Nothing of it is worth keeping over a crash: nodes write it again every few seconds.
CREATE UNLOGGED TABLE multiexit.share (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    account text NOT NULL CHECK (length(account) BETWEEN 1 AND 512),
    kind text NOT NULL CHECK (kind IN ('connections', 'udp', 'new', 'up', 'down')),
    node text NOT NULL CHECK (length(node) BETWEEN 1 AND 64),
    epoch bigint NOT NULL,
    sequence bigint NOT NULL,
    demand bigint NOT NULL CHECK (demand BETWEEN 0 AND 1099511627776),
    used bigint NOT NULL CHECK (used BETWEEN 0 AND 1099511627776),
    granted bigint NOT NULL CHECK (granted BETWEEN 0 AND 1099511627776),
    until timestamptz NOT NULL,
    PRIMARY KEY (fleet, account, kind, node)
) WITH (fillfactor = 60);
