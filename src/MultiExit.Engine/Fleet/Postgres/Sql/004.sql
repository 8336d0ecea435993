-- What each node has used of the quotas of users in a month, and what is reserved for it: the sum of what is reserved is never more than a quota.
-- ledger tells a count from another one of the same node, which lost its file. Amounts only count up within one.
CREATE TABLE multiexit.quota (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    month text NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
    account text NOT NULL CHECK (length(account) BETWEEN 1 AND 512),
    node text NOT NULL CHECK (length(node) BETWEEN 1 AND 64),
    ledger uuid NOT NULL,
    epoch bigint NOT NULL,
    sequence bigint NOT NULL,
    spent bigint NOT NULL CHECK (spent BETWEEN 0 AND 2305843009213693952),
    reserved bigint NOT NULL CHECK (reserved BETWEEN 0 AND 2305843009213693952),
    version bigint NOT NULL,
    PRIMARY KEY (fleet, month, account, node, ledger)
);
CREATE INDEX ON multiexit.quota (fleet, month, version);
