namespace MultiExit.Fuzz;

/// <summary>Ends the process, with the input in the message, when one input takes so long that nothing else could end it.</summary>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly Timer _timer;

    public Watchdog(string target, byte[] input) => _timer = new(
        _ => Environment.FailFast($"{target}: one input took more than {Patience.TotalSeconds:0} s: {Escaped.Write(input)}"), null,
            Patience, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();
}
