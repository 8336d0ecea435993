using MultiExit.Engine.DataPath;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Socks5;

/// <summary>The steps of the server's side of the handshake, on the bytes of a reader. Each is NeedMore until its message is whole.</summary>
internal static class Socks5Handshake
{
    /// <summary>The most bytes unread while a message is incomplete.</summary>
    public const int ReadLimit = 1024;

    /// <summary>Reads the greeting and chooses the method: a client that offers a password is asked for it, also where its address would do, but not where
    /// it has shown the certificate of a user.</summary>
    public static ParseStatus ReadGreeting(InboundConnection connection, UserDirectory users, out Socks5Method method)
    {
        HandshakeReader reader = connection.Reader;
        method = Socks5Method.NoneAcceptable;
        ParseStatus status = Socks5Greeting.TryRead(reader.Unread, out ReadOnlySpan<byte> offered, out int consumed);
        if (status != ParseStatus.Ok) return status;
        bool goesWithout = offered.Contains((byte)Socks5Method.NoAuthentication);
        bool isKnown = goesWithout && connection.HasUsersCertificate(users);
        if (users.IsEmpty ? goesWithout : goesWithout && (isKnown || !OffersPassword(offered, users)) && connection.EnterUnasked(users))
            method = Socks5Method.NoAuthentication;
        else if (!users.IsEmpty && !isKnown && OffersPassword(offered, users)) method = Socks5Method.UserPassword;
        reader.Advance(consumed);
        return status;
    }

    /// <summary>Reads the credentials. The caller clears the password.</summary>
    public static ParseStatus ReadCredentials(HandshakeReader reader, out byte[] name, out byte[] password)
    {
        ParseStatus status = Socks5Credentials.TryRead(
            reader.Unread, out ReadOnlySpan<byte> givenName, out ReadOnlySpan<byte> givenPassword, out int consumed);
        (name, password) = status == ParseStatus.Ok ? (givenName.ToArray(), givenPassword.ToArray()) : ([], []);
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

    private static bool OffersPassword(ReadOnlySpan<byte> offered, UserDirectory users) =>
        offered.Contains((byte)Socks5Method.UserPassword) && users.HasPasswords;
}
