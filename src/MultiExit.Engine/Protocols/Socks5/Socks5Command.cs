namespace MultiExit.Engine.Protocols.Socks5;

/// <summary>Commands (RFC 1928 section 4).</summary>
internal enum Socks5Command : byte
{
    Connect = 0x01,
    Bind = 0x02,
    UdpAssociate = 0x03,
}
