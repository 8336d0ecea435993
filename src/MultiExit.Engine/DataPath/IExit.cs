using System.Net;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.DataPath;

/// <summary>A way out. Groups and chains are exits too. Thread-safe; knows nothing of inbounds.</summary>
internal interface IExit
{
    /// <summary>The name in the configuration.</summary>
    string Name { get; }

    /// <summary>The country that it leaves from, two capital letters; null: not told.</summary>
    string? Country => null;

    /// <summary>Why it cannot carry datagrams; null when it can.</summary>
    string? UdpRefusal => null;

    /// <summary>Its members of <see cref="IGroup"/>; null for an exit that does not choose among others.</summary>
    IGroup? Group => null;

    /// <summary>Opens a connection to the destination. Failures of the network and of peers are results, never exceptions;
    /// only cancellation throws.</summary>
    ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken);

    /// <summary>Opens a flow for datagrams to any number of destinations.</summary>
    ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken);

    /// <summary>Whether opening a connection or a datagram flow gets an answer from a server behind the exit, which proves that it works.
    /// False where the exit opens only a socket of this host, whose peer is the target itself.</summary>
    bool ProvesServer => true;

    /// <summary>The failure with which a dial of the address would end before a packet leaves; null when it may try. An exit that leaves
    /// names and addresses to a server has none.</summary>
    DialResult? Refusal(IPAddress address, DialContext context) => null;

    /// <summary>Whether it has an address that can reach the destination.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="resolved">The addresses of its name; null when they are not known, which lets it try.</param>
    /// <param name="context">On whose behalf.</param>
    bool Reaches(Destination destination, IReadOnlyList<IPAddress>? resolved, DialContext context)
    {
        IReadOnlyList<IPAddress>? addresses = destination.Address is { } address ? [address] : resolved;
        return addresses is null || addresses.Any(candidate => Refusal(candidate, context)?.Failure != DialFailure.NetworkUnreachable);
    }

    /// <summary>What the exit would do with a request, as far as that is known before a dial.</summary>
    ExitExplanation Explain(ExplainStep step) => step.Outline(this);
}
