using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.DataPath;

/// <summary>A request at an exit that only has to explain what it would do with it. Nothing is dialed, and nothing changes.</summary>
internal sealed record ExplainStep
{
    /// <summary>The destination.</summary>
    public required Destination Destination { get; init; }

    /// <summary>On whose behalf.</summary>
    public required DialContext Context { get; init; }

    /// <summary>What the destination's name resolves to; null when that was not looked up.</summary>
    public NameResult? Names { get; init; }

    /// <summary>Whether the client in <see cref="Context"/> is known, or stands for any.</summary>
    public bool ClientKnown { get; init; }

    /// <summary>Whether it is about datagrams.</summary>
    public bool Udp { get; init; }

    /// <summary>Whether the member for the datagrams may still be chosen for each destination: not within a group that has chosen one for
    /// the whole association.</summary>
    public bool ByDestination { get; init; } = true;

    /// <summary>The part of an exit's explanation that the request does not change: name, type, health, route.</summary>
    public required Func<IExit, ExitExplanation> Outline { get; init; }

    /// <summary>The step to the server that an exit goes through.</summary>
    public ExplainStep To(Destination server) =>
        this with { Destination = server, Context = Context.ForProxyServer(), Names = null, Udp = false, ByDestination = true };
}
