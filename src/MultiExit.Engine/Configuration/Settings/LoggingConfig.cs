using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Where the log goes.</summary>
public sealed record LoggingConfig
{
    /// <summary>The least level written (default info).</summary>
    public LogLevel Level { get; init; } = LogLevel.Info;

    /// <summary>The log file, absolute; it rolls daily and at 100 MiB, 14 files are kept. Null: no file.</summary>
    public string? File { get; init; }

    /// <summary>The access log; null: none.</summary>
    public AccessLogConfig? Access { get; init; }

    /// <summary>Checks the values that have a range.</summary>
    internal void Check(ValueCheck check) => Access?.Check(check.At("access"));
}
