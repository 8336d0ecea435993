using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.DataPath;

/// <summary>A way out. Groups and chains are exits too. Thread-safe; knows nothing of inbounds.</summary>
internal interface IExit
{
    /// <summary>The name in the configuration.</summary>
    string Name { get; }

    /// <summary>Why it cannot carry datagrams; null when it can.</summary>
    string? UdpRefusal => null;

    /// <summary>Opens a connection to the destination. Failures of the network and of peers are results, never exceptions;
    /// only cancellation throws.</summary>
    ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken);

    /// <summary>Opens a flow for datagrams to any number of destinations.</summary>
    ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken);

    /// <summary>Whether opening a connection or a datagram flow gets an answer from a server behind the exit, which proves that it works.
    /// False where a socket of this host is all there is.</summary>
    bool ProvesServer => true;
}
