namespace MultiExit.Soak.Watch;

/// <summary>A server at a moment.</summary>
/// <param name="Descriptors">Those that are no pipes.</param>
/// <param name="Pipes">Ends of pipes: relays have some, and the server keeps some that are empty.</param>
/// <param name="Sessions">Live sessions, UDP associations among them.</param>
/// <param name="Connections">Clients, carriers of other servers among them.</param>
/// <param name="Held">What carriers hold for readers that do not keep up, in bytes.</param>
internal sealed record Sample(int Descriptors, int Pipes, int Threads, long ResidentKiB, int Sessions, int Connections, long Held)
{
    /// <summary>The largest of each.</summary>
    public Sample Max(Sample other) => new(
        Math.Max(Descriptors, other.Descriptors), Math.Max(Pipes, other.Pipes), Math.Max(Threads, other.Threads),
        Math.Max(ResidentKiB, other.ResidentKiB), Math.Max(Sessions, other.Sessions), Math.Max(Connections, other.Connections),
        Math.Max(Held, other.Held));
}
