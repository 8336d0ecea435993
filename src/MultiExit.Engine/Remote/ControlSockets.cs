using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Remote;

/// <summary>The control sockets of this host, and the servers behind them.</summary>
/// <param name="paths">The sockets; empty: those of <see cref="Folder"/>.</param>
/// <param name="name">The one server that may be reached; null: all.</param>
internal sealed class ControlSockets(IReadOnlyList<string> paths, string? name)
{
    /// <summary>Where services have their control sockets, themselves or in a folder of each.</summary>
    public const string Folder = "/run/multiexit";

    /// <summary>The ending of control sockets.</summary>
    public const string Extension = ".sock";

    /// <summary>The most sockets that are asked.</summary>
    public const int MaxSockets = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The servers that answer.</summary>
    public async Task<ReachedServers> ListAsync(CancellationToken cancellationToken)
    {
        string[] sockets = [.. paths];
        List<string> problems = [];
        if (sockets.Length == 0)
        {
            try
            {
                sockets = [.. new[] { Folder }.Concat(Directory.EnumerateDirectories(Folder).Where(IsReadable))
                    .SelectMany(folder => Directory.EnumerateFiles(folder, "*" + Extension)).Order(StringComparer.Ordinal).Take(MaxSockets)];
                if (sockets.Length == 0) problems.Add($"{Folder} has no control socket");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                problems.Add(exception is DirectoryNotFoundException ? $"there is no folder {Folder}" : exception.Message);
            }
        }
        (ReachedServer? Server, bool MayChange, string? Problem)[] asked = await Task.WhenAll(sockets.Select(socket => AskAsync(socket, cancellationToken)))
            .ConfigureAwait(false);
        problems.AddRange(asked.Select(each => each.Problem).OfType<string>());
        // A server may have a second socket that only reads.
        ReachedServer[] servers = [.. asked.Where(each => each.Server is not null).OrderByDescending(each => each.MayChange).Select(each => each.Server!)
            .Where(server => name is null || string.Equals(server.Name, name, StringComparison.OrdinalIgnoreCase))
            .DistinctBy(server => server.Name, StringComparer.OrdinalIgnoreCase).OrderBy(server => server.Name, StringComparer.Ordinal)];
        if (servers.Length == 0 && name is not null) problems.Add($"no server named {name} answers there");
        return new ReachedServers(servers, problems);
    }

    // A service has a folder of its own there, which may be none of this user's business.
    private static bool IsReadable(string folder)
    {
        try
        {
            using IEnumerator<string> first = Directory.EnumerateFiles(folder).GetEnumerator();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task<(ReachedServer? Server, bool MayChange, string? Problem)> AskAsync(string socket, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            ControlClient client = new(socket);
            ServerStatus status = await client.GetStatusAsync(patience.Token).ConfigureAwait(false);
            bool mayChange = (await client.GetAccessAsync(patience.Token).ConfigureAwait(false)).Role != AccessStatus.Reader;
            return (new ReachedServer(status.Name, socket), mayChange, null);
        }
        catch (ProxyException exception)
        {
            return (null, false, exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, false, $"{socket}: the server did not answer within {Patience.TotalSeconds:0} s");
        }
    }
}
