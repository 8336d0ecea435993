using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Exits.Direct;

/// <summary>Draws source addresses from an IPv6 prefix: a random one for each connection, or always the same for a client or user.</summary>
/// <param name="prefix">The prefix.</param>
/// <param name="bind">The unit that keeps its address.</param>
/// <param name="exit">The exit's name; two exits give one client different addresses.</param>
internal sealed class PrefixSource(IPNetwork prefix, BindingUnit bind, string exit)
{
    private const int Bits = 128;
    private readonly UInt128 _network = BinaryPrimitives.ReadUInt128BigEndian(prefix.BaseAddress.GetAddressBytes());
    private readonly UInt128 _hostMask = (UInt128.One << (Bits - prefix.PrefixLength)) - 1;

    /// <summary>Chooses an address; never the one whose host part is zero, the subnet routers' anycast address (RFC 4291 section 2.6.1).</summary>
    public IPAddress Choose(DialContext context)
    {
        string key = BindingKey.Of(bind, context);
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        UInt128 host;
        int round = 0;
        do
        {
            if (key.Length == 0) RandomNumberGenerator.Fill(bytes);
            // A user's name does not show which address the user has, as in RFC 7217.
            else HMACSHA256.HashData(HostSecret.Value, Encoding.UTF8.GetBytes($"{exit}\n{prefix}\n{round++}\n{key}"), bytes);
            host = BinaryPrimitives.ReadUInt128BigEndian(bytes) & _hostMask;
        }
        while (host == 0);
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _network | host);
        return new IPAddress(bytes[..(Bits / 8)]);
    }
}
