namespace MultiExit.Engine.Configuration.Routes;

/// <summary>What a request is for.</summary>
public enum RouteProtocol
{
    /// <summary>A TCP connection.</summary>
    Tcp,

    /// <summary>Datagrams.</summary>
    Udp,
}
