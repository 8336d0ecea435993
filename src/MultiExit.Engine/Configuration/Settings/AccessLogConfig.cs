using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>The access log: one line for every session that ended.</summary>
/// <param name="File">The file, absolute. Rolls like <see cref="LoggingConfig.File"/>.</param>
public sealed record AccessLogConfig(string File)
{
    internal const double DefaultSample = 1;

    internal static readonly ShareRange SampleRange = new("sample", 0.0001, 1);

    /// <summary>The form of a line (default text).</summary>
    public AccessFormat Format { get; init; }

    /// <summary>The share of sessions with the outcome <c>ok</c> that is written, 0.0001 to 1 (default). All others are always written.</summary>
    public double Sample { get; init; } = DefaultSample;

    /// <summary>Checks the values that have a range.</summary>
    internal void Check(ValueCheck check) => check.Check(SampleRange, Sample);
}
