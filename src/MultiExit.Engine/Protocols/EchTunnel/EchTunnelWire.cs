using System.Buffers.Text;

namespace MultiExit.Engine.Protocols.EchTunnel;

/// <summary>Words and sizes of the plain format, in bytes unless said otherwise.</summary>
internal static class EchTunnelWire
{
    /// <summary>The name of the WebSocket extension that two MultiExit programs agree on: binary messages carry the frames of the tunnel.</summary>
    public const string FramesExtension = "multiexit-frames";

    /// <summary>A UUID as text.</summary>
    public const int IdLength = 36;

    /// <summary>The longest word.</summary>
    public const int MaxWordLength = 13;

    /// <summary>Word, colon, id and bar: the most bytes before the content of a message.</summary>
    public const int MaxHeadLength = MaxWordLength + 1 + IdLength + 1;

    /// <summary>The longest address as text: a domain, a colon, a port.</summary>
    public const int MaxAddressLength = Destination.MaxDomainLength + 6;

    /// <summary>The most bytes that may go with <c>TCP</c>.</summary>
    public const int MaxFirstFrame = 32768;

    /// <summary>The most data of one message that is sent here. Deployed programs send the bytes of one read of theirs, 32 KiB at most.</summary>
    public const int MaxData = 16384;

    /// <summary>The longest message that is accepted: longer than any deployed program sends, and a datagram of any size fits.</summary>
    public const int MaxMessage = 256 * 1024;

    private static ReadOnlySpan<byte> Claim => "CLAIM"u8;
    private static ReadOnlySpan<byte> ClaimAck => "CLAIM_ACK"u8;
    private static ReadOnlySpan<byte> Tcp => "TCP"u8;
    private static ReadOnlySpan<byte> Connected => "CONNECTED"u8;
    private static ReadOnlySpan<byte> Data => "DATA"u8;
    private static ReadOnlySpan<byte> Close => "CLOSE"u8;
    private static ReadOnlySpan<byte> UdpConnect => "UDP_CONNECT"u8;
    private static ReadOnlySpan<byte> UdpConnected => "UDP_CONNECTED"u8;
    private static ReadOnlySpan<byte> UdpError => "UDP_ERROR"u8;
    private static ReadOnlySpan<byte> UdpData => "UDP_DATA"u8;
    private static ReadOnlySpan<byte> UdpClose => "UDP_CLOSE"u8;

    /// <summary>The type of a word.</summary>
    public static EchTunnelMessageType TypeOf(ReadOnlySpan<byte> word)
    {
        for (EchTunnelMessageType type = EchTunnelMessageType.Claim; type <= EchTunnelMessageType.UdpClose; type++)
            if (word.SequenceEqual(WordOf(type))) return type;
        return EchTunnelMessageType.Unknown;
    }

    /// <summary>Whether a bar and more follow the id.</summary>
    public static bool HasRest(EchTunnelMessageType type) => type is not
        (EchTunnelMessageType.Connected or EchTunnelMessageType.Close or EchTunnelMessageType.UdpConnected or EchTunnelMessageType.UdpClose);

    /// <summary>Writes word, colon, id and, where the type has it, the bar.</summary>
    /// <returns>The length, at most <see cref="MaxHeadLength"/>.</returns>
    public static int WriteHead(Span<byte> target, EchTunnelMessageType type, Guid id)
    {
        ReadOnlySpan<byte> word = WordOf(type);
        word.CopyTo(target);
        target[word.Length] = (byte)':';
        int length = word.Length + 1;
        Utf8Formatter.TryFormat(id, target[length..], out int written, 'D');
        length += written;
        if (HasRest(type)) target[length++] = (byte)'|';
        return length;
    }

    private static ReadOnlySpan<byte> WordOf(EchTunnelMessageType type) => type switch
    {
        EchTunnelMessageType.Claim => Claim,
        EchTunnelMessageType.ClaimAck => ClaimAck,
        EchTunnelMessageType.Tcp => Tcp,
        EchTunnelMessageType.Connected => Connected,
        EchTunnelMessageType.Data => Data,
        EchTunnelMessageType.Close => Close,
        EchTunnelMessageType.UdpConnect => UdpConnect,
        EchTunnelMessageType.UdpConnected => UdpConnected,
        EchTunnelMessageType.UdpError => UdpError,
        EchTunnelMessageType.UdpData => UdpData,
        EchTunnelMessageType.UdpClose => UdpClose,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
