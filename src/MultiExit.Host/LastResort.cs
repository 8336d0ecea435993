namespace MultiExit.Host;

/// <summary>Ends the process when a stop that was asked for twice does not come to its end, whatever blocks it. On a thread of its own, since
/// the threads of the pool may be blocked.</summary>
internal static class LastResort
{
    /// <summary>How long a stop may take from the second signal on: sessions are cut, queued text is written.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Arm() => Arm(Patience, () => Environment.Exit((int)ExitCode.Ok));

    internal static void Arm(TimeSpan patience, Action end) => new Thread(() =>
    {
        Thread.Sleep(patience);
        end();
    }) { IsBackground = true, Name = "last resort" }.Start();
}
