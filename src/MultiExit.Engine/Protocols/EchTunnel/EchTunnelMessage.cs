using System.Buffers.Text;

namespace MultiExit.Engine.Protocols.EchTunnel;

/// <summary>One message: a word, a colon, the session's id, and, for most types, a bar and more.</summary>
internal readonly ref struct EchTunnelMessage
{
    private const byte Bar = (byte)'|';

    private EchTunnelMessage(EchTunnelMessageType type, Guid id, ReadOnlySpan<byte> rest)
    {
        Type = type;
        Id = id;
        Rest = rest;
    }

    public EchTunnelMessageType Type { get; }

    /// <summary>The session; empty for an unknown type.</summary>
    public Guid Id { get; }

    /// <summary>The bytes after the first bar, raw; empty when there are none.</summary>
    public ReadOnlySpan<byte> Rest { get; }

    /// <summary>Reads a message.</summary>
    /// <returns>False when its word is known and what follows is not an id, or there is a bar too few or too many.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out EchTunnelMessage message)
    {
        message = default;
        int colon = source[..Math.Min(source.Length, EchTunnelWire.MaxWordLength + 1)].IndexOf((byte)':');
        EchTunnelMessageType type = colon < 0 ? EchTunnelMessageType.Unknown : EchTunnelWire.TypeOf(source[..colon]);
        if (type == EchTunnelMessageType.Unknown) return true;
        ReadOnlySpan<byte> body = source[(colon + 1)..];
        if (!Utf8Parser.TryParse(body, out Guid id, out int length, 'D') || length != EchTunnelWire.IdLength) return false;
        body = body[length..];
        bool hasRest = !body.IsEmpty;
        if (hasRest != EchTunnelWire.HasRest(type) || hasRest && body[0] != Bar) return false;
        message = new(type, id, hasRest ? body[1..] : default);
        return true;
    }

    /// <summary>Splits <see cref="Rest"/> of <c>TCP</c>, and of <c>UDP_DATA</c> from a server, at its first bar.</summary>
    /// <param name="text">The text before the bar: an address.</param>
    /// <param name="payload">The bytes after the bar, further bars included; empty when there are none.</param>
    public void Split(out ReadOnlySpan<byte> text, out ReadOnlySpan<byte> payload)
    {
        int bar = Rest.IndexOf(Bar);
        text = bar < 0 ? Rest : Rest[..bar];
        payload = bar < 0 ? default : Rest[(bar + 1)..];
    }
}
