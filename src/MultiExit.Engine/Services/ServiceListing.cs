using System.Globalization;

namespace MultiExit.Engine.Services;

/// <summary>What <c>systemctl show</c> prints: blocks of <c>Key=Value</c> with an empty line between them, one a unit.</summary>
internal static class ServiceListing
{
    /// <summary>The properties that are asked for.</summary>
    public const string Properties = "Id,LoadState,ActiveState,SubState,UnitFileState,MainPID,ActiveEnterTimestamp,NRestarts,Result,StatusText,ExecStart";

    private const string ConfigOption = "--config ";

    /// <summary>The instances of the template among the units.</summary>
    public static IReadOnlyList<ServiceState> Read(string output) =>
        [.. output.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(ReadOne).OfType<ServiceState>()];

    private static ServiceState? ReadOne(string block)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (string line in block.Split('\n'))
            if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var at) values[line[..at]] = line[(at + 1)..];
        string unit = values.GetValueOrDefault("Id", "");
        if (ServiceNames.NameOf(unit) is not { } name || values.GetValueOrDefault("LoadState") == "not-found") return null;
        string? config = ConfigOf(values.GetValueOrDefault("ExecStart", ""));
        return new ServiceState(
            name, unit, values.GetValueOrDefault("ActiveState", "unknown"), values.GetValueOrDefault("SubState", "unknown"),
            values.GetValueOrDefault("UnitFileState", "").StartsWith("enabled", StringComparison.Ordinal),
            Number(values, "MainPID") is > 0 and var id ? id : null, Time(values.GetValueOrDefault("ActiveEnterTimestamp", "")),
            Number(values, "NRestarts") ?? 0, values.GetValueOrDefault("Result", ""),
            values.GetValueOrDefault("StatusText") is { Length: > 0 } text ? text : null, config ?? ServiceUnits.ConfigOf(name));
    }

    private static int? Number(Dictionary<string, string> values, string key) =>
        int.TryParse(values.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    // With --timestamp=unix: @1767225600
    private static DateTimeOffset? Time(string text) =>
        text.StartsWith('@') && long.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds > 0
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    // { path=/usr/bin/env ; argv[]=/usr/bin/env dotnet ... run --config /etc/multiexit/edge.yaml ; ignore_errors=no ; ... }
    private static string? ConfigOf(string command)
    {
        int at = command.IndexOf(ConfigOption, StringComparison.Ordinal);
        if (at < 0) return null;
        string rest = command[(at + ConfigOption.Length)..];
        int end = rest.IndexOf(" ; ", StringComparison.Ordinal);
        return (end < 0 ? rest : rest[..end]).Trim();
    }
}
