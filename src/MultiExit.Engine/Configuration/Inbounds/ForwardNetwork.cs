namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>What a forwarded port takes (key <c>network</c>).</summary>
public enum ForwardNetwork
{
    /// <summary>Connections (<c>tcp</c>).</summary>
    Tcp,

    /// <summary>Datagrams (<c>udp</c>).</summary>
    Udp,

    /// <summary>Connections and datagrams, on the same port (<c>both</c>).</summary>
    Both,
}
