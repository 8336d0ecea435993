namespace MultiExit.Engine.Sessions.Limits;

/// <summary>The limits of a user whose number the nodes of a fleet share.</summary>
internal enum ShareKind
{
    /// <summary>Live sessions.</summary>
    Connections,

    /// <summary>Live UDP associations.</summary>
    Associations,

    /// <summary>New sessions a second.</summary>
    New,

    /// <summary>Bytes a second from clients to targets.</summary>
    Up,

    /// <summary>Bytes a second from targets to clients.</summary>
    Down,
}
