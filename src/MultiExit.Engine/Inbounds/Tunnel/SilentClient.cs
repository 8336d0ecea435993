using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>Waits for the first bytes of a client after TLS. A client that is silent for a moment is lent to the fallback, so that the
/// patience with it, and the way it ends, are those of the web server; a client that is merely slow is taken back.</summary>
/// <param name="connection">The client.</param>
/// <param name="trap">Lends it to the fallback.</param>
/// <param name="time">The clock.</param>
/// <param name="timeout">How long it may be silent where the fallback cannot be reached.</param>
internal sealed class SilentClient(InboundConnection connection, ProberTrap trap, TimeProvider time, TimeSpan timeout)
    : IDisposable
{
    /// <summary>A MultiExit client sends its handshake together with the end of TLS, so that few of them are lent.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private LentClient? _lent;
    private Task<bool>? _served;

    /// <summary>Waits.</summary>
    /// <returns>False when the connection is over: the fallback has ended it.</returns>
    public async ValueTask<bool> WaitAsync(IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        Task<bool> first = connection.Reader.ReadMoreAsync(TunnelHandshake.Length, cancellationToken).AsTask();
        try
        {
            if (await IsOverAsync(first, Moment).ConfigureAwait(false)) return await AnyAsync(first).ConfigureAwait(false);
            _lent = new LentClient(connection.Stream, connection.Socket, time);
            _served = trap.LendAsync(_lent, connection, dispatcher, cancellationToken);
            await Task.WhenAny(first, _served).ConfigureAwait(false);
            if (!first.IsCompleted && await _served.ConfigureAwait(false)) return false;
            // Without a fallback there is no web server whose patience counts.
            if (!await IsOverAsync(first, timeout).ConfigureAwait(false)) return false;
            return await AnyAsync(first).ConfigureAwait(false);
        }
        catch
        {
            _lent?.Abort();
            throw;
        }
        finally
        {
            Observe(first); // a read that is left over ends with the connection
        }
    }

    /// <summary>The fallback keeps the client, until it ends.</summary>
    /// <returns>False when it does not have it.</returns>
    public async ValueTask<bool> KeepAsync()
    {
        if (_lent is null) return false;
        _lent.Keep(connection.Reader.Unread.ToArray());
        return await _served!.ConfigureAwait(false);
    }

    /// <summary>The client knows the key: the fallback has it no longer.</summary>
    public void Take()
    {
        _lent?.Take();
        if (_served is not null) Observe(_served);
    }

    public void Dispose() => _lent?.Dispose();

    private static void Observe(Task task) =>
        _ = task.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    // The end stays in the reader for the next read: it goes to the fallback as well.
    private static async ValueTask<bool> AnyAsync(Task<bool> first)
    {
        await first.ConfigureAwait(false);
        return true;
    }

    private async ValueTask<bool> IsOverAsync(Task first, TimeSpan limit)
    {
        using CancellationTokenSource enough = new();
        await Task.WhenAny(first, Task.Delay(limit, time, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        return first.IsCompleted;
    }
}
