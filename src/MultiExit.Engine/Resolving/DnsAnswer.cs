using MultiExit.Engine.Protocols.Dns;

namespace MultiExit.Engine.Resolving;

/// <summary>The outcome of a look-up, aliases followed.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Records">The records; empty except with <see cref="DnsStatus.Found"/>.</param>
/// <param name="Failure">Why there are none, a sentence; null with records.</param>
/// <param name="Expires">Until when it holds.</param>
internal sealed record DnsAnswer(DnsStatus Status, IReadOnlyList<DnsRecord> Records, string? Failure, DateTimeOffset Expires)
{
    public bool Found => Status == DnsStatus.Found;
}
