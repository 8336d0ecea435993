using System.Globalization;
using System.Management.Automation;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit;

/// <summary>Lets a point in time be given as how long ago it is, too: <c>30d</c>, <c>12h</c>, or a TimeSpan.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SinceAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => NumberText.Of(inputData) switch
    {
        null => null,
        DateTimeOffset time => time,
        DateTime time => new DateTimeOffset(time),
        TimeSpan ago => Ago(ago, ago),
        string text when DurationText.TryParse(text, out TimeSpan ago) => Ago(ago, text),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time) => time,
        var other => throw Wrong(other, "is no time"),
    };

    private static DateTimeOffset Ago(TimeSpan ago, object given) => ago >= TimeSpan.Zero && ago <= TimeSpan.FromDays(3650)
        ? DateTimeOffset.Now - ago : throw Wrong(given, "is out of range");

    private static ArgumentTransformationMetadataException Wrong(object given, string fault) => new(string.Create(CultureInfo.InvariantCulture,
        $"'{given}' {fault}. Expected a time such as '2026-11-29 14:00', or how long ago it is: 30d, 12h, 90m, up to 3650d, or a TimeSpan."));
}
