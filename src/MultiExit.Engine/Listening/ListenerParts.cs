using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <summary>The objects that the listeners of a server share.</summary>
/// <param name="Transport">The sockets.</param>
/// <param name="Connections">The clients of all listeners.</param>
/// <param name="Logins">The clients that are locked out.</param>
/// <param name="Users">The users of all inbounds.</param>
/// <param name="Counters">The server's counters.</param>
/// <param name="Log">The log.</param>
/// <param name="Time">The clock.</param>
internal sealed record ListenerParts(
    ITransport Transport, ConnectionTable Connections, LoginGuard Logins, UserDirectories Users, ServerCounters Counters, EngineLog Log,
    TimeProvider Time)
{
    /// <summary>The sockets of the process before; null: there is none.</summary>
    public PassedDescriptors? Passed { get; init; }

    /// <summary>The sockets of the service manager; null: there is none.</summary>
    public ServiceSockets? Given { get; init; }

    /// <summary>Takes the socket for a purpose that has come from elsewhere; null where there is none.</summary>
    public PassedDescriptor? Take(string purpose) => Passed?.Take(purpose) ?? Given?.Take(purpose);
}
