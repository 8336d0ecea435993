using System.Text.Json;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Remote;

/// <summary>The servers of another host, over ssh. A connection that is lost is made again by the next call. Thread-safe.</summary>
public sealed class RemoteHost : IDisposable
{
    private const int MaxList = 1024 * 1024;

    private readonly SemaphoreSlim _connecting = new(1, 1);
    private volatile Connection? _connection;
    private volatile bool _isDisposed;

    private RemoteHost(SshTarget target) => Target = target;

    /// <summary>How it is reached.</summary>
    public SshTarget Target { get; }

    /// <summary>The names of its servers, when they were listed last.</summary>
    public IReadOnlyList<string> Servers { get; private set; } = [];

    /// <summary>Whether the connection is lost.</summary>
    public bool IsLost => _connection is not { IsLost: false };

    /// <summary>Connects, and lists the servers.</summary>
    /// <exception cref="ProxyException">It cannot be reached, or no server answers there; the message says why.</exception>
    public static async Task<RemoteHost> ConnectAsync(SshTarget target, CancellationToken cancellationToken = default)
    {
        RemoteHost host = new(target);
        try
        {
            await host.ReconnectAsync(cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Why the connection is lost; null while it is there.</summary>
    public async Task<string?> GetLossAsync() => _connection is { IsLost: true } lost ? await lost.Ended.ConfigureAwait(false) : null;

    /// <summary>A server of the host.</summary>
    public IServerControl Control(string server) => new ControlClient(
        Servers.Count > 1 ? $"{Target.Host}/{server}" : Target.Host, async token => await OpenAsync(server, token).ConfigureAwait(false));

    /// <summary>Connects again where the connection is lost, and lists the servers.</summary>
    /// <exception cref="ProxyException">As for <see cref="ConnectAsync"/>.</exception>
    public async Task ReconnectAsync(CancellationToken cancellationToken = default)
    {
        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!IsLost) return;
            _connection?.Dispose();
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Target.Timeout);
            Connection? connection = null;
            try
            {
                connection = new Connection(await SshProcess.StartAsync(Target, patience.Token).ConfigureAwait(false));
                Servers = await ListAsync(connection, patience.Token).ConfigureAwait(false);
                _connection = connection;
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                connection?.Dispose();
                throw Unreachable($"no answer within {DurationText.Seconds(Target.Timeout)}", exception);
            }
            catch
            {
                connection?.Dispose();
                throw;
            }
            if (_isDisposed) connection.Dispose();
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Ends the connection and ssh.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _connection?.Dispose();
    }

    private async Task<Stream> OpenAsync(string server, CancellationToken cancellationToken)
    {
        if (_isDisposed) throw Unreachable("the host is not connected any more");
        if (IsLost) await ReconnectAsync(cancellationToken).ConfigureAwait(false);
        Connection connection = _connection!;
        try
        {
            return connection.Link.Open(server);
        }
        catch (IOException exception)
        {
            throw Unreachable(connection.IsLost ? await connection.Ended.ConfigureAwait(false) : exception.Message, exception);
        }
    }

    private async Task<string[]> ListAsync(Connection connection, CancellationToken cancellationToken)
    {
        try
        {
            using LinkStream channel = connection.Link.Open("");
            await channel.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
            using MemoryStream text = new();
            byte[] buffer = new byte[LinkFrame.MaxPayload];
            while (await channel.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and int count)
            {
                text.Write(buffer, 0, count);
                if (text.Length > MaxList) throw Unreachable("its list of servers is too long");
            }
            ReachedServers list = JsonSerializer.Deserialize<ReachedServers>(text.ToArray(), AnswerJson.Options) ?? throw new JsonException("null");
            if (list.Servers.Count > ControlSockets.MaxSockets) throw Unreachable("its list of servers is too long");
            // The names become names of this session.
            if (list.Servers.FirstOrDefault(server => !NameText.IsValid(server.Name)) is not null) throw Unreachable("a server there has a name that is none");
            return list.Servers.Count > 0 ? [.. list.Servers.Select(server => server.Name)]
                : throw Unreachable($"no server answers there ({string.Join("; ", list.Problems.Select(problem => ErrorText.Clean(problem)).Take(3))})");
        }
        catch (IOException exception)
        {
            throw Unreachable(connection.IsLost ? await connection.Ended.ConfigureAwait(false) : exception.Message, exception);
        }
        catch (JsonException exception)
        {
            throw Unreachable("what answers there is a MultiExit of another version", exception);
        }
    }

    private ProxyException Unreachable(string reason, Exception? exception = null) => new(ProxyError.ControlUnreachable, $"{Target.Host}: {reason}", exception);

    // One ssh and its link.
    private sealed class Connection : IDisposable
    {
        private readonly SshProcess _ssh;
        private readonly CancellationTokenSource _over = new();

        public Connection(SshProcess ssh)
        {
            _ssh = ssh;
            Link = new ControlLink(ssh.Output, ssh.Input);
            Ended = RunAsync();
        }

        public ControlLink Link { get; }

        // A call that is made before the end of the stream has been read must not meet the dead process.
        public bool IsLost => Link.HasEnded || _ssh.HasExited;

        // Why it has ended.
        public Task<string> Ended { get; }

        public void Dispose()
        {
            _over.Cancel();
            _ssh.Dispose();
        }

        private async Task<string> RunAsync()
        {
            using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
            Task link = Link.RunAsync(gone.Token);
            await Task.WhenAny(link, _ssh.WaitForExitAsync(gone.Token)).ConfigureAwait(false);
            // What ssh wrote last is read, but another process may hold its output open.
            gone.CancelAfter(SshProcess.LastWords);
            await link.ConfigureAwait(false);
            string reason = _over.IsCancellationRequested ? "the connection was ended here"
                : $"the connection was lost: {await WhyAsync().ConfigureAwait(false)}";
            _ssh.Dispose();
            return reason;
        }

        private async Task<string> WhyAsync() =>
            await Link.Completion.ConfigureAwait(false) is ProxyException violation ? violation.Message : await _ssh.ReasonAsync().ConfigureAwait(false);
    }
}
