using System.Management.Automation;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Remote;

namespace MultiExit.Commands;

/// <content>Many servers at once, and the hosts that Connect-MxServer has connected.</content>
public abstract partial class ServerCommand
{
    /// <summary>The id of the error about a host that cannot be reached, which stands for all of its servers.</summary>
    private protected const string HostNotConnected = nameof(HostNotConnected);

    // More at once would make the answers of this machine's own servers wait.
    private const int AtOnce = 16;

    private readonly HashSet<RemoteHost> _lost = [];

    /// <summary>Asks the servers of these names at the same time, 16 of them, and uses their answers one after the other; what fails for one is an
    /// error of its own, and a host that is lost is one error.</summary>
    private protected void AskServers<T>(NamePattern[] names, Func<RunningServer, CancellationToken, Task<T>> ask, Action<RunningServer, T> use) =>
        AskServers([.. Find(names)], ask, use);

    /// <inheritdoc cref="AskServers{T}(NamePattern[], Func{RunningServer, CancellationToken, Task{T}}, Action{RunningServer, T})"/>
    /// <param name="servers">The servers.</param>
    /// <param name="ask">Asks one of them.</param>
    /// <param name="use">Uses its answer.</param>
    /// <param name="look">Says how far the one is that is waited for, since so long; null: that is not shown.</param>
    private protected void AskServers<T>(
        IReadOnlyList<RunningServer> servers, Func<RunningServer, CancellationToken, Task<T>> ask, Action<RunningServer, T> use,
        Func<RunningServer, TimeSpan, ProgressRecord?>? look = null)
    {
        long began = TimeProvider.System.GetTimestamp();
        Task<T>[] answers = Start(servers, ask);
        for (int i = 0; i < answers.Length; i++)
        {
            Task<T> answer = answers[i];
            RunningServer server = servers[i];
            TryServer(server, () => use(server, look is null
                ? Await(_ => answer) : AwaitShowing(_ => answer, () => look(server, TimeProvider.System.GetElapsedTime(began)))));
        }
    }

    /// <summary>Runs an action on a server; a failure is an error record about the server, or about its host where that is lost.</summary>
    private protected bool TryServer(RunningServer server, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception exception) when (exception is not PipelineStoppedException)
        {
            if (server.Host is { IsLost: true } host) WriteLost(host, $"{host.Target.Host}: {Await(_ => host.GetLossAsync())}", exception);
            else WriteError(NewError(exception, server.Name));
            return false;
        }
    }

    // Connects again to the hosts whose connection is lost. A host that stays away is one error, and its servers are left out.
    private IEnumerable<RunningServer> Reconnected(RunningServer[] servers)
    {
        RemoteHost[] lost = [.. servers.Select(server => server.Host).OfType<RemoteHost>().Where(host => host.IsLost).Distinct()];
        if (lost.Length == 0) return servers;
        foreach (RemoteHost host in lost)
            if (!_lost.Contains(host)) WriteWarning($"{host.Target.Host}: {Await(_ => host.GetLossAsync())}; connecting again.");
        Task<bool>[] connecting = Start([.. lost.Where(host => !_lost.Contains(host))], async (host, token) =>
        {
            await host.ReconnectAsync(token).ConfigureAwait(false);
            return true;
        });
        RemoteHost[] tried = [.. lost.Where(host => !_lost.Contains(host))];
        for (int i = 0; i < tried.Length; i++)
        {
            try
            {
                Await(_ => connecting[i]);
            }
            catch (ProxyException exception)
            {
                WriteLost(tried[i], exception.Message, exception);
            }
        }
        return servers.Where(server => server.Host is null || !_lost.Contains(server.Host));
    }

    private void WriteLost(RemoteHost host, string message, Exception exception)
    {
        if (_lost.Add(host)) WriteError(NewError(HostNotConnected, ErrorCategory.ConnectionError, host.Target.Host, message, exception));
    }

    // The work for all of them, so many at a time.
    private protected Task<T>[] Start<TItem, T>(IReadOnlyList<TItem> items, Func<TItem, CancellationToken, Task<T>> work, int atOnce = AtOnce)
    {
        SemaphoreSlim places = new(atOnce);
        CancellationToken stop = StopToken;
        return [.. items.Select(RunAsync)];

        async Task<T> RunAsync(TItem item)
        {
            await places.WaitAsync(stop).ConfigureAwait(false);
            try
            {
                return await work(item, stop).ConfigureAwait(false);
            }
            finally
            {
                places.Release();
            }
        }
    }
}
