namespace MultiExit.Engine.Protocols.Socks5;

/// <summary>Constants that all messages share.</summary>
internal static class Socks5Wire
{
    public const byte Version = 0x05;

    /// <summary>The version of the sub-negotiation of RFC 1929.</summary>
    public const byte AuthVersion = 0x01;

    /// <summary>The longest name and the longest password, in octets (RFC 1929 section 2).</summary>
    public const int MaxCredentialLength = 255;

    /// <summary>The longest message, credentials: version, two lengths, two fields.</summary>
    public const int MaxMessageLength = 3 + 2 * MaxCredentialLength;
}
