using System.Net;

namespace MultiExit.Engine.Protocols.Dns;

/// <summary>A or AAAA.</summary>
internal sealed record DnsAddressRecord(string Name, uint Ttl, IPAddress Address) : DnsRecord(Name, Ttl);
