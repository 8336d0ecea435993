namespace MultiExit.Engine.Configuration.Auth;

/// <summary>Where a directory has the groups of a user: in an attribute of the user's entry, or in entries that are searched for.</summary>
public sealed record LdapGroupsConfig
{
    /// <summary>What stands for the DN of the user in <see cref="Filter"/>.</summary>
    public const string DnMark = "{dn}";

    /// <summary>The attribute of the user's entry with the DNs, or the names, of its groups (key <c>attribute</c>); null: they are searched for.</summary>
    public string? Attribute { get; init; }

    /// <summary>Where groups are searched for (key <c>base</c>).</summary>
    public string? Base { get; init; }

    /// <summary>What finds the groups of a user, with <c>{dn}</c> or <c>{user}</c> in it (key <c>filter</c>, RFC 4515).</summary>
    public string Filter { get; init; } = "(member={dn})";

    /// <summary>The attribute of a group that is found with its name (key <c>name</c>).</summary>
    public string NameAttribute { get; init; } = "cn";
}
