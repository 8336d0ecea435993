using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Ldap;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.BackEnds;

/// <summary>A connection to a directory: one request after the other. What goes wrong is an <see cref="IOException"/>.</summary>
/// <param name="stream">The connection; disposed with this.</param>
internal sealed class LdapConnection(DuplexStream stream) : IAsyncDisposable
{
    // An entry is asked for with few attributes; so many messages of a search are not what was asked for.
    private const int MaxMessages = 1024;

    private readonly HandshakeReader _reader = new(stream);
    private int _lastId;

    /// <summary>Binds as somebody.</summary>
    public async ValueTask<(LdapResultCode Code, string Text)> BindAsync(string dn, ReadOnlyMemory<byte> password, CancellationToken cancellationToken)
    {
        byte[] request = LdapRequests.Bind(++_lastId, dn, password.Span);
        try
        {
            await stream.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(request);
        }
        return ResultOf(await ReadAsync(cancellationToken).ConfigureAwait(false), LdapResponseKind.Bind);
    }

    /// <summary>Asks for TLS on a connection: what comes next on it is the handshake.</summary>
    public static ValueTask StartTlsAsync(DuplexStream stream, CancellationToken cancellationToken) =>
        new LdapConnection(stream).StartTlsAsync(cancellationToken);

    private async ValueTask StartTlsAsync(CancellationToken cancellationToken)
    {
        await stream.WriteAsync(LdapRequests.StartTls(++_lastId), cancellationToken).ConfigureAwait(false);
        (LdapResultCode code, string text) = ResultOf(await ReadAsync(cancellationToken).ConfigureAwait(false), LdapResponseKind.Extended);
        if (code != LdapResultCode.Success) throw new IOException($"it refuses STARTTLS: {LdapResults.Describe(code, text)}");
        // Bytes ahead of the handshake would count as said under TLS.
        if (!_reader.Unread.IsEmpty) throw new ProtocolViolationException("it sent bytes between its answer to STARTTLS and the handshake");
        _reader.Dispose();
    }

    /// <summary>Searches.</summary>
    public async ValueTask<(LdapResultCode Code, string Text, IReadOnlyList<LdapEntry> Entries)> SearchAsync(
        string @base, LdapScope scope, string filter, IReadOnlyList<string> attributes, int limit, CancellationToken cancellationToken)
    {
        byte[] request = LdapRequests.Search(++_lastId, @base, scope, filter, attributes, limit);
        await stream.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        List<LdapEntry> entries = [];
        for (int i = 0; i < MaxMessages; i++)
        {
            LdapResponse response = await ReadAsync(cancellationToken).ConfigureAwait(false);
            if (response.Kind == LdapResponseKind.Reference) continue;
            if (response.Entry is { } entry) entries.Add(entry);
            else if (ResultOf(response, LdapResponseKind.SearchDone) is var (code, text)) return (code, text, entries);
        }
        throw new ProtocolViolationException("its answer to a search does not end");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<LdapResponse> ReadAsync(CancellationToken cancellationToken)
    {
        int length;
        ParseStatus status;
        while ((status = LdapResponses.TryGetLength(_reader.Unread, out length)) == ParseStatus.NeedMore || _reader.Unread.Length < length)
        {
            if (status == ParseStatus.Invalid) break;
            if (!await _reader.ReadMoreAsync(LdapResponses.MaxLength + 16, cancellationToken).ConfigureAwait(false))
                throw new IOException("it ended the connection");
        }
        if (status == ParseStatus.Invalid || !LdapResponses.TryRead(_reader.Unread[..length].ToArray(), out LdapResponse? response))
            throw new ProtocolViolationException("what it says is no LDAP");
        _reader.Advance(length);
        if (response.Id == 0) throw new IOException($"it ends the connection: {response.Result?.Text}");
        return response.Id == _lastId ? response : throw new ProtocolViolationException("it answers a request that was not made");
    }

    private static (LdapResultCode, string) ResultOf(LdapResponse response, LdapResponseKind expected) =>
        response.Kind == expected && response.Result is { } result ? result : throw new ProtocolViolationException("its answer is to another kind of request");
}
