using System.Text.Json;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Remote;

/// <summary>The far side of a control link (<c>multiexit control</c>): joins its channels with the control sockets of this host. Who may use those is up
/// to the sockets, which see the user that the process runs as.</summary>
public sealed class ControlBridge
{
    private const int BufferSize = LinkFrame.MaxPayload;

    private readonly ControlSockets _sockets;
    private readonly Lock _lock = new();
    private volatile ReachedServers? _known;
    private Task<ReachedServers>? _listing;

    /// <param name="sockets">The control sockets that are reached; empty: those of services.</param>
    /// <param name="server">The one server that may be reached, by name; null: all.</param>
    public ControlBridge(IReadOnlyList<string> sockets, string? server = null) => _sockets = new ControlSockets(sockets, server);

    /// <summary>Serves until the input ends.</summary>
    /// <exception cref="ProxyException">What comes in is no control link.</exception>
    public async Task RunAsync(Stream input, Stream output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        await output.WriteAsync(ControlLink.Preface.ToArray(), cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        byte[] preface = new byte[ControlLink.Preface.Length];
        int count = await input.ReadAtLeastAsync(preface, preface.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (count == 0) return;
        if (!preface.AsSpan(0, count).SequenceEqual(ControlLink.Preface))
            throw new ProxyException(ProxyError.ProtocolViolation, "this is for Connect-MxServer, which speaks to it over ssh; what came in is something else");
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ControlLink link = new(input, output, (name, stream) => ServeAsync(name, stream, ended.Token));
        await link.RunAsync(cancellationToken).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        if (await link.Completion.ConfigureAwait(false) is ProxyException violation) throw violation;
    }

    private async Task ServeAsync(string name, LinkStream channel, CancellationToken cancellationToken)
    {
        try
        {
            if (name.Length == 0) await SendListAsync(channel, cancellationToken).ConfigureAwait(false);
            else await JoinAsync(name, channel, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ProxyException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            channel.Abort(exception is ProxyException ? exception.Message : "the server ended the connection");
        }
        catch (Exception exception)
        {
            channel.Abort($"unexpected: {exception.Message}");
        }
    }

    private async Task SendListAsync(LinkStream channel, CancellationToken cancellationToken)
    {
        ReachedServers servers = await ListAsync(cancellationToken).ConfigureAwait(false);
        await channel.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(servers, ControlJson.Options), cancellationToken).ConfigureAwait(false);
        await channel.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task JoinAsync(string name, LinkStream channel, CancellationToken cancellationToken)
    {
        DuplexStream socket = await ConnectAsync(name, cancellationToken).ConfigureAwait(false);
        await using (socket.ConfigureAwait(false))
        {
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task[] ways = [CopyAsync(channel, socket, over), CopyAsync(socket, channel, over)];
            await Task.WhenAll(ways).ConfigureAwait(false);
        }
    }

    private async Task<DuplexStream> ConnectAsync(string name, CancellationToken cancellationToken)
    {
        if (Find(_known, name) is { } known)
        {
            try
            {
                return await UnixSocket.ConnectAsync(known.Path, cancellationToken).ConfigureAwait(false);
            }
            catch (ProxyException)
            {
                // A reload may have moved its socket.
            }
        }
        ReachedServer server = Find(await ListAsync(cancellationToken).ConfigureAwait(false), name)
            ?? throw new ProxyException(ProxyError.ControlUnreachable, $"no server named {name} answers there any more");
        return await UnixSocket.ConnectAsync(server.Path, cancellationToken).ConfigureAwait(false);
    }

    // All channels that ask at the same time have one answer: a server takes 32 connections.
    private async Task<ReachedServers> ListAsync(CancellationToken cancellationToken)
    {
        Task<ReachedServers> listing;
        lock (_lock)
        {
            if (_listing is not { IsCompleted: false }) _listing = _sockets.ListAsync(cancellationToken);
            listing = _listing;
        }
        return _known = await listing.ConfigureAwait(false);
    }

    private static ReachedServer? Find(ReachedServers? known, string name) =>
        known?.Servers.FirstOrDefault(server => string.Equals(server.Name, name, StringComparison.Ordinal));

    // A way that breaks ends the other one too.
    private static async Task CopyAsync(DuplexStream from, DuplexStream to, CancellationTokenSource over)
    {
        try
        {
            byte[] buffer = new byte[BufferSize];
            while (await from.ReadAsync(buffer, over.Token).ConfigureAwait(false) is > 0 and int count)
                await to.WriteAsync(buffer.AsMemory(0, count), over.Token).ConfigureAwait(false);
            await to.CompleteWritesAsync(over.Token).ConfigureAwait(false);
        }
        catch
        {
            await over.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
