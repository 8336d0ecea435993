-- The versions of a fleet's configuration. Texts hold no secrets: the program refuses them.
CREATE TABLE multiexit.config_version (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    n integer NOT NULL CHECK (n BETWEEN 1 AND 999999999),
    text text NOT NULL CHECK (octet_length(text) <= 4194304),
    sha256 text NOT NULL CHECK (length(sha256) = 64),
    who text NOT NULL CHECK (length(who) <= 256),
    why text CHECK (length(why) <= 500),
    created timestamptz NOT NULL,
    PRIMARY KEY (fleet, n)
);

-- By fleet the newest version and how far it is.
CREATE TABLE multiexit.rollout (
    fleet text PRIMARY KEY CHECK (length(fleet) BETWEEN 1 AND 64),
    n integer NOT NULL CHECK (n BETWEEN 1 AND 999999999),
    base integer NOT NULL CHECK (base >= 0),
    state text NOT NULL CHECK (state IN ('Canary', 'Everywhere', 'Confirmed', 'RolledBack')),
    canaries text[] NOT NULL CHECK (cardinality(canaries) <= 1000),
    hold double precision NOT NULL CHECK (hold BETWEEN 0 AND 3600),
    needs_confirmation boolean NOT NULL,
    probe text CHECK (length(probe) <= 300),
    reason text CHECK (length(reason) <= 600),
    deadline timestamptz NOT NULL,
    changed timestamptz NOT NULL
);

-- What nodes say of the configuration that they run.
CREATE TABLE multiexit.node_config (
    fleet text NOT NULL CHECK (length(fleet) BETWEEN 1 AND 64),
    node text NOT NULL CHECK (length(node) BETWEEN 1 AND 64),
    n integer NOT NULL CHECK (n >= 0),
    state text NOT NULL CHECK (state IN ('Current', 'Applying', 'Failed', 'Diverged')),
    tried integer NOT NULL CHECK (tried >= 0),
    reason text CHECK (length(reason) <= 500),
    held double precision NOT NULL,
    reported timestamptz NOT NULL,
    PRIMARY KEY (fleet, node)
);
