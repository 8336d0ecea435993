using System.Net;
using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Who gets the metrics of the server, beside the control socket.</summary>
public sealed record MetricsConfig
{
    internal static readonly IntegerRange MaxUsersRange = new("max_users", 1, 10_000);

    /// <summary>The address of the listener for scrapers; null: none.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>Whether there are metrics of single users (default false).</summary>
    public bool PerUser { get; init; }

    /// <summary>The most users that have metrics of their own, 1 to 10000 (default 100); the others are one, <c>other</c>.</summary>
    public int MaxUsers { get; init; } = 100;

    /// <summary>Where the console host pushes them to; null: nowhere, unless its environment says so.</summary>
    public OtlpConfig? Otlp { get; init; }

    /// <summary>Checks the values that have a range.</summary>
    internal void Check(ValueCheck check)
    {
        check.Check(MaxUsersRange, MaxUsers);
        Otlp?.Check(check.At("otlp"));
    }
}
