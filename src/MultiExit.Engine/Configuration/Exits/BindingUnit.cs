namespace MultiExit.Engine.Configuration.Exits;

/// <summary>What a group binds to a member.</summary>
public enum BindingUnit
{
    /// <summary>Each connection by itself.</summary>
    Connection,

    /// <summary>The client's address.</summary>
    Client,

    /// <summary>The authenticated user; a request without one counts as its client's.</summary>
    User,

    /// <summary>The session of the request, of its user name or the HTTP inbound's session header, together with the user; a request without one
    /// counts as its user's.</summary>
    Header,
}
