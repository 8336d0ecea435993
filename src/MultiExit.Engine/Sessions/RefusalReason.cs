namespace MultiExit.Engine.Sessions;

/// <summary>Why a client or a session was refused. The words are those of the metric (docs/metrics.md).</summary>
internal enum RefusalReason
{
    /// <summary>The client is locked out after failed logins.</summary>
    LockedOut,

    /// <summary>Its handshakes come too fast.</summary>
    Rate,

    /// <summary>More logins wait than are checked in time.</summary>
    Overloaded,

    /// <summary>The back-end that knows it does not answer.</summary>
    BackEnd,

    /// <summary>A limit of connections is reached.</summary>
    Connections,

    /// <summary>A limit of sessions, associations or bytes of the client, user or inbound is reached.</summary>
    Limit,

    /// <summary>What it sent does not let it in.</summary>
    Handshake,

    /// <summary>It did not finish its handshake in time.</summary>
    Timeout,

    /// <summary>It broke the protocol.</summary>
    Protocol,
}
