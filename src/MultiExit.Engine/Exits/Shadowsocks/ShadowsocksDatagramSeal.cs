using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Shadowsocks;

namespace MultiExit.Engine.Exits.Shadowsocks;

/// <summary>Datagrams by SIP007: each has a salt of its own.</summary>
/// <param name="secret">The key.</param>
internal sealed class ShadowsocksDatagramSeal(ShadowsocksSecret secret) : IDatagramSeal
{
    public int Overhead => ShadowsocksPacket.MaxOverhead;

    public int Seal(Destination destination, ReadOnlySpan<byte> payload, Span<byte> target)
    {
        Span<byte> salt = stackalloc byte[ShadowsocksMethods.MaxKeyLength];
        salt = salt[..secret.Method.KeyLength()];
        RandomNumberGenerator.Fill(salt);
        return ShadowsocksPacket.Seal(secret.Method, secret.Key, salt, destination, payload, target);
    }

    public bool TryOpen(Span<byte> datagram, [NotNullWhen(true)] out Destination? source, out int length)
    {
        byte[] room = ArrayPool<byte>.Shared.Rent(Math.Max(datagram.Length, 1));
        try
        {
            bool isOpen = ShadowsocksPacket.TryOpen(secret.Method, secret.Key, datagram, room, out source, out ReadOnlySpan<byte> payload) & source is not null;
            if (isOpen) payload.CopyTo(datagram);
            length = payload.Length;
            return isOpen;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room, clearArray: true);
        }
    }

    public void Dispose()
    {
        // Nothing is kept between datagrams.
    }
}
