namespace MultiExit.Engine.Protocols.Dns;

/// <summary>Types of records that are asked for or read (RFC 1035 section 3.2.2, RFC 3596, RFC 9460).</summary>
internal enum DnsType : ushort
{
    A = 1,
    Cname = 5,
    Soa = 6,
    Aaaa = 28,
    Https = 65,
}
