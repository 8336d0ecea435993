using System.Net;

namespace MultiExit.Engine.Protocols.ProxyProtocol;

/// <summary>A header of the PROXY protocol: whose connection it is that the peer passes on.</summary>
/// <param name="Source">The client; null: the header does not say (LOCAL, UNKNOWN, a family that has no addresses of ours), and the connection's own addresses
/// count.</param>
/// <param name="Destination">Where the client connected to; null exactly when <paramref name="Source"/> is.</param>
internal sealed record ProxyHeader(IPEndPoint? Source = null, IPEndPoint? Destination = null)
{
    /// <summary>The most bytes of a header of any version.</summary>
    public const int MaxLength = ProxyHeaderV2.FixedLength + ushort.MaxValue;

    /// <summary>The host name that the client asked the peer for, its SNI where it spoke TLS (PP2_TYPE_AUTHORITY); null: not said.</summary>
    public string? Authority { get; init; }

    /// <summary>The peer's name for the connection (PP2_TYPE_UNIQUE_ID), as text, or in hexadecimal where it is none; null: not said.</summary>
    public string? UniqueId { get; init; }

    /// <summary>Reads a header of either version.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="header">The header, when the result is Ok.</param>
    /// <param name="consumed">Its length.</param>
    /// <param name="fault">What is wrong, when the result is Invalid.</param>
    public static ParseStatus TryRead(ReadOnlySpan<byte> source, out ProxyHeader? header, out int consumed, out string? fault)
    {
        header = null;
        consumed = 0;
        fault = null;
        if (source.IsEmpty) return ParseStatus.NeedMore;
        switch (source[0])
        {
            case (byte)'P': return ProxyHeaderV1.TryRead(source, out header, out consumed, out fault);
            case (byte)'\r': return ProxyHeaderV2.TryRead(source, out header, out consumed, out fault);
            default:
                fault = "the first byte is of no PROXY header";
                return ParseStatus.Invalid;
        }
    }

    /// <summary>How many bytes more belong to the header in any case, after NeedMore. Who reads no more than these at a time reads nothing of what
    /// follows the header.</summary>
    public static int Missing(ReadOnlySpan<byte> source) =>
        source is [(byte)'\r', ..] ? ProxyHeaderV2.Missing(source) : ProxyHeaderV1.Missing(source);
}
