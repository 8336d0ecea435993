namespace MultiExit.Engine.Configuration.Settings;

/// <summary>What a client may choose in its user name.</summary>
public enum NameParameter
{
    /// <summary>The session: the key of groups with <c>bind: header</c>.</summary>
    Session,

    /// <summary>The exit, or the group in a group.</summary>
    Exit,

    /// <summary>The country of the exit (key <c>country</c> of exits).</summary>
    Country,

    /// <summary>How long the binding of the session lasts.</summary>
    Ttl,
}
