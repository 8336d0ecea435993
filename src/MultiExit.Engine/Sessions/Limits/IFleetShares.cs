namespace MultiExit.Engine.Sessions.Limits;

/// <summary>What this node of a fleet may let a user have of a limit. Thread-safe, and never waits; called under the lock of the limits.</summary>
internal interface IFleetShares
{
    /// <summary>The part of this node.</summary>
    /// <param name="account">The user.</param>
    /// <param name="kind">Which limit.</param>
    /// <param name="limit">The number for all nodes together.</param>
    /// <returns>The limit at most; 0 only where it counts what lives.</returns>
    long ShareOf(string account, ShareKind kind, long limit);

    /// <summary>The user has the first session of those that live here.</summary>
    void Appeared(string account);

    /// <summary>The user tried to open a session: counted with <see cref="ShareKind.New"/> whenever it has such a limit, and with the other kinds where
    /// it was refused.</summary>
    void Tried(string account, ShareKind kind);
}
