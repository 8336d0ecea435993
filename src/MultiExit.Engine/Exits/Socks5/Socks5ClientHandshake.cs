using System.Buffers;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Socks5;

/// <summary>The client's side of one SOCKS5 handshake. Bytes after the reply stay in the reader.</summary>
/// <remarks>Every step waits for the answer to the one before: not all servers take a handshake in one piece.</remarks>
internal sealed class Socks5ClientHandshake(ProxyConnection proxy, string? username, Secret? password)
{
    private const int ReadLimit = 1024;
    private readonly HandshakeReader _reader = proxy.Reader;
    private static readonly byte[] OfferNone = [Socks5Wire.Version, 1, (byte)Socks5Method.NoAuthentication];
    private static readonly byte[] OfferBoth =
        [Socks5Wire.Version, 2, (byte)Socks5Method.NoAuthentication, (byte)Socks5Method.UserPassword];

    /// <summary>BND of a successful reply.</summary>
    public Destination? Bound { get; private set; }

    /// <summary>Whether it failed since the proxy closed the connection.</summary>
    public bool ClosedEarly { get; private set; }

    /// <summary>Greets, authenticates and requests.</summary>
    /// <returns>None, or why not, with a sentence for the log.</returns>
    public async ValueTask<(DialFailure Failure, string? Detail)> RunAsync(
        Socks5Command command, Destination destination, CancellationToken cancellationToken)
    {
        await _reader.Stream.WriteAsync(username is null ? OfferNone : OfferBoth, cancellationToken).ConfigureAwait(false);
        ParseStatus status;
        Socks5Method method;
        while ((status = ReadMethod(out method)) == ParseStatus.NeedMore)
            if (!await _reader.ReadMoreAsync(ReadLimit, cancellationToken).ConfigureAwait(false)) return Closed();
        if (status == ParseStatus.Invalid) return Broken("its first byte is not SOCKS version 5");
        if (method == Socks5Method.NoneAcceptable)
            return (DialFailure.ProxyAuthenticationFailed, username is null
                ? "the proxy asks for credentials and none are configured"
                : "the proxy accepts neither no authentication nor user and password");
        if (method == Socks5Method.UserPassword && username is not null)
        {
            await WriteCredentialsAsync(cancellationToken).ConfigureAwait(false);
            bool accepted;
            while ((status = ReadAuthStatus(out accepted)) == ParseStatus.NeedMore)
                if (!await _reader.ReadMoreAsync(ReadLimit, cancellationToken).ConfigureAwait(false)) return Closed();
            if (status == ParseStatus.Invalid) return Broken("it answers credentials with something else than RFC 1929");
            if (!accepted) return (DialFailure.ProxyAuthenticationFailed, "the proxy refuses the credentials");
        }
        else if (method != Socks5Method.NoAuthentication)
        {
            return Broken("it chose a method that was not offered");
        }

        proxy.Asked = true;
        await WriteRequestAsync(command, destination, cancellationToken).ConfigureAwait(false);
        Socks5Reply reply;
        while ((status = ReadReply(out reply)) == ParseStatus.NeedMore)
            if (!await _reader.ReadMoreAsync(ReadLimit, cancellationToken).ConfigureAwait(false)) return Closed();
        if (status == ParseStatus.Invalid) return Broken("its reply is malformed");
        return reply == Socks5Reply.Succeeded
            ? (DialFailure.None, null)
            : (Socks5Failures.ToFailure(reply), $"the proxy replies {(byte)reply:x2} ({reply})");
    }

    private ParseStatus ReadMethod(out Socks5Method method)
    {
        ParseStatus status = Socks5MethodSelection.TryRead(_reader.Unread, out method, out int consumed);
        _reader.Advance(consumed);
        return status;
    }

    private ParseStatus ReadAuthStatus(out bool accepted)
    {
        ParseStatus status = Socks5AuthStatus.TryRead(_reader.Unread, out accepted, out int consumed);
        _reader.Advance(consumed);
        return status;
    }

    private ParseStatus ReadReply(out Socks5Reply reply)
    {
        ParseStatus status = Socks5ReplyMessage.TryRead(_reader.Unread, out reply, out Destination? bound, out int consumed);
        Bound = bound;
        _reader.Advance(consumed);
        return status;
    }

    private async ValueTask WriteCredentialsAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Socks5Wire.MaxMessageLength);
        try
        {
            int length = Socks5Credentials.Write(buffer, Encoding.UTF8.GetBytes(username!), password is null ? default : password.Reveal());
            await _reader.Stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private async ValueTask WriteRequestAsync(Socks5Command command, Destination destination, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Socks5RequestMessage.MaxLength);
        try
        {
            int length = Socks5RequestMessage.Write(buffer, command, destination);
            await _reader.Stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private (DialFailure, string?) Closed()
    {
        ClosedEarly = true;
        return (DialFailure.ProxyProtocolError, "the proxy closed within the handshake");
    }

    private static (DialFailure, string?) Broken(string what) => (DialFailure.ProxyProtocolError, $"the proxy breaks the protocol: {what}");
}
