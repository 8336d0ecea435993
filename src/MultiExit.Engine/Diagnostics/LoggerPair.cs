using Serilog.Core;

namespace MultiExit.Engine.Diagnostics;

/// <summary>The loggers of a configuration.</summary>
/// <param name="Main">The log.</param>
/// <param name="Access">The access log; null for none.</param>
internal sealed record LoggerPair(Logger Main, Logger? Access) : IDisposable
{
    public void Dispose()
    {
        Main.Dispose();
        Access?.Dispose();
    }
}
