using System.Diagnostics.CodeAnalysis;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Exits.Shadowsocks;

/// <summary>Seals datagrams of a client and opens those of its server. Sealing is thread-safe; one opens at a time.</summary>
internal interface IDatagramSeal : IDisposable
{
    /// <summary>The octets that a datagram has at most beside its payload.</summary>
    int Overhead { get; }

    /// <summary>Seals a datagram and returns its length.</summary>
    /// <param name="destination">Where it goes.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="target">Room for the payload and <see cref="Overhead"/>.</param>
    int Seal(Destination destination, ReadOnlySpan<byte> payload, Span<byte> target);

    /// <summary>Opens a datagram: the payload comes to its beginning.</summary>
    /// <returns>False when it is none for this client, or has come before.</returns>
    bool TryOpen(Span<byte> datagram, [NotNullWhen(true)] out Destination? source, out int length);
}
