using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Socks5;

/// <summary>The steps of the server's side of the handshake, on the bytes of a reader. Each is NeedMore until its message is whole.</summary>
internal static class Socks5Handshake
{
    /// <summary>The most bytes unread while a message is incomplete.</summary>
    public const int ReadLimit = 1024;

    /// <summary>Reads the greeting and chooses the method.</summary>
    public static ParseStatus ReadGreeting(HandshakeReader reader, UserTable users, out Socks5Method method)
    {
        method = Socks5Method.NoneAcceptable;
        ParseStatus status = Socks5Greeting.TryRead(reader.Unread, out ReadOnlySpan<byte> offered, out int consumed);
        if (status != ParseStatus.Ok) return status;
        Socks5Method wanted = users.IsEmpty ? Socks5Method.NoAuthentication : Socks5Method.UserPassword;
        if (offered.Contains((byte)wanted)) method = wanted;
        reader.Advance(consumed);
        return status;
    }

    /// <summary>Reads the credentials. The caller clears the password.</summary>
    public static ParseStatus ReadCredentials(HandshakeReader reader, out byte[] name, out byte[] password)
    {
        ParseStatus status = Socks5Credentials.TryRead(
            reader.Unread, out ReadOnlySpan<byte> user, out ReadOnlySpan<byte> secret, out int consumed);
        (name, password) = status == ParseStatus.Ok ? (user.ToArray(), secret.ToArray()) : ([], []);
        if (status == ParseStatus.Ok) reader.Advance(consumed);
        return status;
    }

    /// <summary>Reads the request.</summary>
    public static ParseStatus ReadRequest(
        HandshakeReader reader, out Socks5Command command, out Destination? destination, out Socks5Reply? error)
    {
        ParseStatus status = Socks5RequestMessage.TryRead(reader.Unread, out command, out destination, out int consumed, out error);
        if (status == ParseStatus.Ok) reader.Advance(consumed);
        return status;
    }
}
