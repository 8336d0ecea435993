-- What nodes ask each other for an operator, and what they say to it. Both are gone after a minute.
CREATE TABLE multiexit.question (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    id uuid NOT NULL,
    node text NOT NULL CHECK (length(node) BETWEEN 1 AND 64),
    kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
    filter text NOT NULL CHECK (octet_length(filter) <= 8192),
    asked timestamptz NOT NULL,
    PRIMARY KEY (fleet, id)
);
CREATE INDEX ON multiexit.question (fleet, asked);

-- No key leads to the question: whoever answers must not wait for whoever takes it back.
CREATE TABLE multiexit.answer (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    question uuid NOT NULL,
    node text NOT NULL CHECK (length(node) BETWEEN 1 AND 64),
    state text NOT NULL CHECK (state IN ('Answered', 'Unknown', 'Failed')),
    reason text CHECK (length(reason) <= 600),
    left_out integer NOT NULL CHECK (left_out >= 0),
    body text NOT NULL CHECK (octet_length(body) <= 2097152),
    answered timestamptz NOT NULL,
    PRIMARY KEY (fleet, question, node)
);
CREATE INDEX ON multiexit.answer (fleet, answered);
