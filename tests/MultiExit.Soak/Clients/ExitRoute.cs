using System.Net;

namespace MultiExit.Soak.Clients;

/// <summary>An exit or group of the near server. Who logs in with its name leaves by it.</summary>
/// <param name="Name">The user's name and the exit's.</param>
internal sealed record ExitRoute(string Name)
{
    /// <summary>No fault touches it: its sessions have to live, whatever happens to others.</summary>
    public bool IsSteady { get; init; } = true;

    /// <summary>A group with a member that no fault touches: its dials have to succeed, whatever happens to others.</summary>
    public bool IsAlwaysServed { get; init; }

    public bool CarriesUdp { get; init; }

    /// <summary>Whether a direction can end while the other goes on, and an end is told from a break: not so in the plain format.</summary>
    public bool TellsEnds { get; init; } = true;

    /// <summary>Where its clients go in place of the target: a forwarded port that leads there.</summary>
    public IPEndPoint? Detour { get; init; }
}
