namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>What the role of a node needs; docs/fleet.md has the same.</summary>
internal static class PostgresGrants
{
    private const string Reads = "SELECT", Adds = "SELECT, INSERT", Replaces = "SELECT, INSERT, DELETE", Writes = "SELECT, INSERT, UPDATE",
        Deletes = "SELECT, INSERT, UPDATE, DELETE";

    /// <summary>Privileges, and what they are for.</summary>
    public static IReadOnlyList<(string Privileges, string On)> All { get; } =
    [
        ("USAGE", "SCHEMA multiexit"),
        (Reads, "multiexit.migration"),
        (Writes, "multiexit.node"),
        (Writes, "multiexit.change"),
        (Deletes, "multiexit.lockout"),
        (Replaces, "multiexit.config_version"),
        (Writes, "multiexit.rollout"),
        (Writes, "multiexit.node_config"),
        (Deletes, "multiexit.quota"),
        (Deletes, "multiexit.share"),
        (Deletes, "multiexit.pin"),
        (Adds, "multiexit.record"),
        (Writes, "multiexit.record_cursor"),
        ("EXECUTE", "FUNCTION multiexit.keep_records()"),
        (Writes, "multiexit.lease"),
        (Replaces, "multiexit.question"),
        (Replaces, "multiexit.answer"),
        (Replaces, "multiexit.replay"),
    ];

    /// <summary>The statement that gives them to a role.</summary>
    public static string Statement(string privileges, string on, string role) => $"GRANT {privileges} ON {on} TO {role};";

    /// <summary>What kind of thing they are for, and its name.</summary>
    public static (string Kind, string Name) NameOf(string on) => on.Split(' ') switch
    {
        ["SCHEMA", var name] => ("schema", name),
        ["FUNCTION", var name] => ("function", name),
        _ => ("table", on),
    };
}
