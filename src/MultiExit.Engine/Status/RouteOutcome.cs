namespace MultiExit.Engine.Status;

/// <summary>The outcome that a request would have.</summary>
public enum RouteOutcome
{
    /// <summary>It would be dialed.</summary>
    Served,

    /// <summary>A rule, the exit <c>block</c> or the inbound's policy forbids it, or its client is not let in: the inbound has no such user, the
    /// client is locked out, a limit or quota is reached.</summary>
    Refused,

    /// <summary>There is no way out for it now: exits are out of use, of another address family, or carry no datagrams.</summary>
    Unavailable,

    /// <summary>It depends on something that is not known: the addresses of a name, the user, or chance.</summary>
    Undecided,
}
