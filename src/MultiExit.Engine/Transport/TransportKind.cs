namespace MultiExit.Engine.Transport;

/// <summary>The sockets a server runs on.</summary>
public enum TransportKind
{
    /// <summary>The reactor on Linux (x64, arm64), the portable one elsewhere.</summary>
    Automatic,
    /// <summary>.NET sockets; everywhere.</summary>
    Portable,
    /// <summary>epoll and splice; Linux only.</summary>
    Reactor,
}
