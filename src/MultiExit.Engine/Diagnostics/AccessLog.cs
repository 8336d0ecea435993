using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Status;
using Serilog.Core;

namespace MultiExit.Engine.Diagnostics;

/// <summary>The access log of a configuration: which sessions it has, and in which form.</summary>
/// <param name="logger">Writes the lines.</param>
/// <param name="config">How.</param>
internal sealed class AccessLog(Logger logger, AccessLogConfig config) : IDisposable
{
    private readonly SampleGate _gate = new(config.Sample);

    /// <summary>Writes the line of a session that has ended, unless it is left out by the sample. What failed is never left out.</summary>
    public void Write(SessionRecord session)
    {
        if (session.Outcome == SessionOutcome.Ok && !_gate.Pass()) return;
        logger.Information("{" + JsonLineFormatter.Session + ":l}", config.Format == AccessFormat.Json ? RecordJson.Of(session) : AccessLine.Of(session));
    }

    public void Dispose() => logger.Dispose();
}
