using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Ldap;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.BackEnds;

/// <summary>A connection to a directory: one request after the other. What goes wrong is an <see cref="IOException"/>.</summary>
/// <param name="stream">The connection; disposed with this.</param>
internal sealed class LdapConnection(DuplexStream stream) : IAsyncDisposable
{
    // Entries are asked for with an attribute at the most; so many octets of a search are not what was asked for.
    private const int MaxSearch = 1 << 20;

    // What a directory says of a fault stands in messages and in answers of this server.
    private const int MaxWords = 200;

    private readonly HandshakeReader _reader = new(stream);
    private int _lastId;
    private long _read;

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
        long before = _read;
        while (_read - before <= MaxSearch)
        {
            LdapResponse response = await ReadAsync(cancellationToken, attributes).ConfigureAwait(false);
            if (response.Kind == LdapResponseKind.Reference) continue;
            if (response.Entry is not { } entry)
            {
                (LdapResultCode code, string text) = ResultOf(response, LdapResponseKind.SearchDone);
                return (code, text, entries);
            }
            if (entries.Count == limit) throw new ProtocolViolationException($"it finds more entries than the {limit} that it was asked for");
            entries.Add(entry);
        }
        throw new ProtocolViolationException($"its answer to a search has more than {MaxSearch >> 20} MiB");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    // Of an entry nothing is kept but the attributes that are wanted.
    private async ValueTask<LdapResponse> ReadAsync(CancellationToken cancellationToken, IReadOnlyList<string>? wanted = null)
    {
        // Where messages are there already, no read looks at it.
        cancellationToken.ThrowIfCancellationRequested();
        int length;
        ParseStatus status;
        while ((status = LdapResponses.TryGetLength(_reader.Unread, out length)) == ParseStatus.NeedMore || _reader.Unread.Length < length)
        {
            if (status == ParseStatus.Invalid) break;
            if (!await _reader.ReadMoreAsync(LdapResponses.MaxLength + 16, cancellationToken).ConfigureAwait(false))
                throw new IOException("it ended the connection");
            // A read ends on the thread that all connections share, and a message may take long to be read.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
        if (status == ParseStatus.Invalid || !LdapResponses.TryRead(_reader.Unread[..length].ToArray(), wanted ?? [], out LdapResponse? response))
            throw new ProtocolViolationException("what it says is no LDAP");
        _reader.Advance(length);
        _read += length;
        if (response.Id == 0) throw new IOException($"it ends the connection: {Words(response.Result?.Text ?? "")}");
        return response.Id == _lastId ? response : throw new ProtocolViolationException("it answers a request that was not made");
    }

    private static (LdapResultCode, string) ResultOf(LdapResponse response, LdapResponseKind expected) =>
        response.Kind == expected && response.Result is var (code, text) ? (code, Words(text))
            : throw new ProtocolViolationException("its answer is to another kind of request");

    private static string Words(string text) => ErrorText.Clean(text, MaxWords);
}
