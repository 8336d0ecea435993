using System.Net;
using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Engine.Inbounds.Socks5;

/// <summary>The server's messages as bytes; all but successes with an address are made once.</summary>
internal static class Socks5Replies
{
    private static readonly byte[] NoAuthentication = [Socks5Wire.Version, (byte)Socks5Method.NoAuthentication];
    private static readonly byte[] UserPassword = [Socks5Wire.Version, (byte)Socks5Method.UserPassword];
    private static readonly byte[] NoneAcceptable = [Socks5Wire.Version, (byte)Socks5Method.NoneAcceptable];
    private static readonly byte[] AuthSucceeded = [Socks5Wire.AuthVersion, 0];
    private static readonly byte[] AuthFailed = [Socks5Wire.AuthVersion, 1];

    // With a BND.ADDR of a valid family also where there is no address to report: clients parse the reply whatever REP says.
    private static readonly byte[][] WithoutAddress =
        [.. Enumerable.Range(0, (int)Socks5Reply.AddressTypeNotSupported + 1).Select(reply => Make((Socks5Reply)reply, IPAddress.Any, 0))];

    public static ReadOnlyMemory<byte> Method(Socks5Method method) => method switch
    {
        Socks5Method.NoAuthentication => NoAuthentication,
        Socks5Method.UserPassword => UserPassword,
        _ => NoneAcceptable,
    };

    public static ReadOnlyMemory<byte> Auth(bool accepted) => accepted ? AuthSucceeded : AuthFailed;

    public static ReadOnlyMemory<byte> Success(IPEndPoint? bound) =>
        bound is null ? Of(Socks5Reply.Succeeded) : Make(Socks5Reply.Succeeded, bound.Address, bound.Port);

    public static ReadOnlyMemory<byte> Of(Socks5Reply reply) => WithoutAddress[(int)reply];

    private static byte[] Make(Socks5Reply reply, IPAddress address, int port)
    {
        Span<byte> buffer = stackalloc byte[Socks5ReplyMessage.MaxIPLength];
        return buffer[..Socks5ReplyMessage.Write(buffer, reply, address, port)].ToArray();
    }
}
