namespace MultiExit.Engine.Protocols.Dns;

/// <summary>CNAME: the name is another name for the target.</summary>
internal sealed record DnsAliasRecord(string Name, uint Ttl, string Target) : DnsRecord(Name, Ttl);
