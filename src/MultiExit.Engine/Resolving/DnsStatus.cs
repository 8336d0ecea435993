namespace MultiExit.Engine.Resolving;

/// <summary>How a look-up ended.</summary>
public enum DnsStatus
{
    /// <summary>There are records.</summary>
    Found,
    /// <summary>The name does not exist (NXDOMAIN).</summary>
    NoSuchName,
    /// <summary>The name has no record of this type.</summary>
    NoRecord,
    /// <summary>The answer had expired before it came: a cache on the way kept it too long (RFC 8484 section 5.1).</summary>
    Expired,
    /// <summary>The resolver refused, or gave an answer that cannot be used.</summary>
    BadAnswer,
    /// <summary>The resolver cannot be reached.</summary>
    Unreachable,
}
