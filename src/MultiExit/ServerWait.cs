using System.Runtime.InteropServices;

namespace MultiExit;

/// <summary>What Start-MxServer -Wait waits for.</summary>
internal static class ServerWait
{
    // pwsh stops the pipeline at SIGINT, and may do so before the signal reaches this handler: no order of the handlers is promised. The
    // time is lost only where something else stops the pipeline, so it is long enough for a busy machine.
    private static readonly TimeSpan SignalDelay = TimeSpan.FromSeconds(5);

    /// <summary>Waits until the server has ended, a signal comes, or the pipeline is stopped.</summary>
    /// <returns>The signal; null when there was none.</returns>
    public static async Task<PosixSignal?> ForSignalAsync(RunningServer server, WaitSignals? signals, CancellationToken stopping)
    {
        Task ended = server.Managed.Completion;
        var stop = Task.Delay(Timeout.InfiniteTimeSpan, stopping);
        Task<PosixSignal> signal = signals?.First ?? new TaskCompletionSource<PosixSignal>().Task;
        Task first = await Task.WhenAny(ended, signal, stop).ConfigureAwait(false);
        if (first == stop && signals is not null) await Task.WhenAny(signal, ended, Task.Delay(SignalDelay, CancellationToken.None)).ConfigureAwait(false);
        return signal.IsCompletedSuccessfully && !ended.IsCompleted ? await signal.ConfigureAwait(false) : null;
    }

    /// <summary>Lets the sessions go on for <c>limits.drain_timeout</c>, until the next signal, or until the pipeline is stopped.</summary>
    public static async Task DrainAsync(RunningServer server, WaitSignals signals, CancellationToken stopping)
    {
        // At SIGINT the pipeline is being stopped already.
        using var atOnce = stopping.IsCancellationRequested || signals.First.Result == PosixSignal.SIGINT
            ? CancellationTokenSource.CreateLinkedTokenSource(signals.Second)
            : CancellationTokenSource.CreateLinkedTokenSource(signals.Second, stopping);
        await server.Managed.StopAsync(cancellationToken: atOnce.Token).ConfigureAwait(false);
    }
}
