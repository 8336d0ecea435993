using System.Globalization;
using System.Management.Automation;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit;

/// <summary>Lets a TimeSpan parameter take the configuration's notation (<c>500ms</c>, <c>10s</c>, <c>5m</c>, <c>1h</c>, <c>1d</c>), also with
/// fractions, a number of seconds (PowerShell alone would take it as ticks of 100 ns), and a TimeSpan. All else is an error that names these
/// forms.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    /// <summary>The shortest duration, in the configuration's notation. Default: 0s</summary>
    public string Min { get; set; } = "0s";

    /// <summary>The longest duration, in the configuration's notation. Default: 20d, which every timer can wait.</summary>
    public string Max { get; set; } = "20d";

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = NumberText.Of(inputData);
        return value switch
        {
            null => null,
            TimeSpan time => InRange(time, time),
            string text => InRange(Parse(text) ?? throw Wrong(value, "is no duration"), text),
            short or int or uint or long or ulong or byte or float or double =>
                InRange(Seconds(Convert.ToDouble(value, CultureInfo.InvariantCulture), value), value),
            // $wait = 1d holds the number 1; what was meant cannot be known any more.
            decimal => throw Wrong(value, "is a decimal number, as which PowerShell reads 1d; write days in quotes, as '1d'"),
            _ => throw Wrong(value, "is no duration"),
        };
    }

    private TimeSpan InRange(TimeSpan time, object given) =>
        time >= ReadBound(Min) && time <= ReadBound(Max) ? time : throw Wrong(given, "is out of range");

    private TimeSpan Seconds(double seconds, object given) =>
        double.IsFinite(seconds) && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : throw Wrong(given, "is out of range");

    private TimeSpan? Parse(string text)
    {
        if (DurationText.TryParse(text, out TimeSpan duration)) return duration;
        // Fractions too, 1.5h: a TimeSpan has them as well.
        int unit = text.AsSpan().IndexOfAnyExcept("0123456789.");
        if (unit > 0 && DurationText.TryParse("1" + text[unit..], out TimeSpan one)
            && double.TryParse(text.AsSpan(0, unit), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count))
            return Seconds(count * one.TotalSeconds, text);
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double seconds))
            return Seconds(seconds, text);
        // As a TimeSpan prints itself. Without a colon it would be days.
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration) ? duration : null;
    }

    private ArgumentTransformationMetadataException Wrong(object given, string fault) => new(string.Create(CultureInfo.InvariantCulture,
        $"'{given}' {fault}. Expected {DurationText.Expected}, a number of seconds, or a TimeSpan; from {Min} to {Max}."));

    private static TimeSpan ReadBound(string text) =>
        DurationText.TryParse(text, out TimeSpan bound) ? bound : throw new FormatException($"'{text}' is no duration");
}
