namespace MultiExit.Engine.Protocols.Socks5;

/// <summary>Authentication methods (RFC 1928 section 3).</summary>
internal enum Socks5Method : byte
{
    NoAuthentication = 0x00,
    GssApi = 0x01,
    UserPassword = 0x02,
    NoneAcceptable = 0xff,
}
