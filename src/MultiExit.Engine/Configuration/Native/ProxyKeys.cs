namespace MultiExit.Engine.Configuration.Native;

/// <summary>The values that the keys of one type of exit through a proxy may have.</summary>
/// <param name="Type">The type.</param>
/// <param name="Schemes">The schemes of its URLs, for errors.</param>
internal sealed record ProxyKeys(string Type, string Schemes)
{
    /// <summary>The longest password in octets.</summary>
    public int MaxPassword { get; init; } = 4096;

    /// <summary>Whether the protocol has a place for a password.</summary>
    public bool HasPassword { get; init; } = true;

    /// <summary>Whether a user needs a password (RFC 1929 has no other).</summary>
    public bool NeedsPassword { get; init; }

    /// <summary>Whether a colon would end the user's name (RFC 7617 section 2).</summary>
    public bool ColonEndsUser { get; init; }

    /// <summary>Whether the URL has a path.</summary>
    public bool HasPath { get; init; }
}
