using Serilog.Core;

namespace MultiExit.Engine.Diagnostics;

/// <summary>The loggers of a configuration.</summary>
/// <param name="Main">The log.</param>
/// <param name="Access">The access log; null for none.</param>
/// <param name="Outputs">Where they write to.</param>
internal sealed record LoggerPair(Logger Main, AccessLog? Access, IReadOnlyList<LogOutput> Outputs) : IDisposable
{
    // How long queued messages may take to be written: to a pipe that no process reads, that takes forever.
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    /// <summary>Opens the files by their names again, which may have been renamed.</summary>
    public void Reopen()
    {
        foreach (LogOutput output in Outputs) output.Reopen();
    }

    /// <summary>Writes the queued messages, for a moment at most. What cannot be written by then is lost.</summary>
    public void Dispose()
    {
        Thread[] ends = [.. new IDisposable?[] { Main, Access }.OfType<IDisposable>()
            .Select(logger => new Thread(logger.Dispose) { IsBackground = true, Name = "end of a log" })];
        foreach (Thread end in ends) end.Start();
        long began = Environment.TickCount64;
        foreach (Thread end in ends) end.Join(TimeSpan.FromMilliseconds(Math.Max(0, Goodbye.TotalMilliseconds - (Environment.TickCount64 - began))));
    }
}
