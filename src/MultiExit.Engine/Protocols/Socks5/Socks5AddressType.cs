namespace MultiExit.Engine.Protocols.Socks5;

/// <summary>The kinds of address (RFC 1928 section 5).</summary>
internal enum Socks5AddressType : byte
{
    IPv4 = 0x01,
    Domain = 0x03,
    IPv6 = 0x04,
}
