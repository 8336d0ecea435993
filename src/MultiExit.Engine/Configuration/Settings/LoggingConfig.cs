namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Where the log goes.</summary>
public sealed record LoggingConfig
{
    /// <summary>The least level written (default info).</summary>
    public LogLevel Level { get; init; } = LogLevel.Info;

    /// <summary>The log file, absolute; it rolls daily and at 100 MiB, 14 files are kept. Null: no file.</summary>
    public string? File { get; init; }

    /// <summary>The access log, absolute: one line for every session that ended. Rolls like <see cref="File"/>. Null: none.</summary>
    public string? Access { get; init; }
}
