namespace MultiExit.Engine.Protocols.Dns;

/// <summary>A record of an answer.</summary>
/// <param name="Name">The owner.</param>
/// <param name="Ttl">How long it holds, in seconds.</param>
internal abstract record DnsRecord(string Name, uint Ttl);
