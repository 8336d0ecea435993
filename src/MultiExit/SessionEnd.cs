using System.Runtime.InteropServices;

namespace MultiExit;

/// <summary>Stops the servers when their process ends: at its exit, and at SIGTERM and SIGHUP, which end it without one.</summary>
internal static class SessionEnd
{
    /// <summary>How long live sessions may go on then, where the configuration's <c>limits.drain_timeout</c> is longer: 5 s. Tests set it.</summary>
    public static TimeSpan DrainLimit { get; set; } = TimeSpan.FromSeconds(5);

    // For the work after the drain: sessions are cut and files written. A service manager that ends the process waits only so long.
    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(5);
    private static readonly Lock Gate = new();
    private static PosixSignalRegistration[]? _registrations;
    private static int _signals;

    /// <summary>Watches from here on for the end of the process. A signal does what it did before, once the servers have stopped.</summary>
    public static void Watch()
    {
        lock (Gate)
        {
            if (_registrations is not null) return;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => StopAll(DrainLimit);
            _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal)];
        }
    }

    /// <summary>Stops servers side by side and waits for it; returns within 10 s.</summary>
    /// <param name="servers">The servers, of this process.</param>
    /// <param name="drainLimit">How long their sessions may go on.</param>
    public static void Stop(IReadOnlyCollection<RunningServer> servers, TimeSpan drainLimit)
    {
        Task stops = Task.WhenAll(servers.Select(server => Task.Run(() => StopAsync(server, drainLimit))));
        Task ended = Task.WhenAny(stops, Task.Delay(drainLimit + CleanUpLimit)).GetAwaiter().GetResult();
        // A stop that fails has cut the sessions, and no caller is left that could be informed.
        _ = ended.Exception;
    }

    /// <summary>Cancels the starts that are under way, then stops all servers of this process; returns within 15 s.</summary>
    /// <param name="drainLimit">How long their sessions may go on.</param>
    internal static void StopAll(TimeSpan drainLimit)
    {
        using IDisposable refusal = StartsUnderWay.Refuse(out Task ended);
        // A start that succeeded all the same is listed by then.
        ended.Wait(CleanUpLimit);
        Stop(ServerRegistry.All(), drainLimit);
    }

    private static Task StopAsync(RunningServer server, TimeSpan drainLimit)
    {
        TimeSpan configured = server.Managed.Gateway.Config.Limits.DrainTimeout;
        return server.Managed.StopAsync(configured < drainLimit ? configured : drainLimit);
    }

    private static void OnSignal(PosixSignalContext context)
    {
        // Start-MxServer -Wait takes SIGTERM for its server; the others follow at the exit.
        if (context.Signal == PosixSignal.SIGTERM && WaitSignals.AreAwaited) return;
        StopAll(Interlocked.Increment(ref _signals) == 1 ? DrainLimit : TimeSpan.Zero);
    }
}
