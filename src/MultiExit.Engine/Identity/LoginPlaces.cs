namespace MultiExit.Engine.Identity;

/// <summary>How many logins may wait.</summary>
internal static class LoginPlaces
{
    /// <summary>In all.</summary>
    public const int All = 256;

    /// <summary>Of one client.</summary>
    public const int OfClient = 32;

    /// <summary>For the answer of one of them: it costs each a connection, and nothing here.</summary>
    public const int OfJob = 1024;
}
