using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Sessions;

/// <summary>The result of <see cref="IDispatcher.OpenUdpAsync"/>.</summary>
/// <param name="Session">The session; null when there is none.</param>
/// <param name="Failure">Why there is none: a limit of the client or user is reached, or the exit that all datagrams would take carries none.</param>
internal readonly record struct OpenedUdpSession(UdpSession? Session, DialFailure Failure);
