using MultiExit.Engine.Protocols.Dns;

namespace MultiExit.Engine.Resolving;

/// <summary>The result of one query.</summary>
/// <param name="Message">The response; null on failure.</param>
/// <param name="Age">How long caches of HTTP have kept the response (RFC 8484 section 5.1).</param>
/// <param name="Status"><see cref="DnsStatus.Found"/> with a response, otherwise the kind of failure.</param>
/// <param name="Failure">The failure, a sentence; null with a response.</param>
internal readonly record struct DnsReply(DnsMessage? Message, TimeSpan Age, DnsStatus Status, string? Failure)
{
    public static DnsReply Success(DnsMessage message, TimeSpan age) => new(message, age, DnsStatus.Found, null);

    public static DnsReply Failed(DnsStatus status, string failure) => new(null, TimeSpan.Zero, status, failure);
}
