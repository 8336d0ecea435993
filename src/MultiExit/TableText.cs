using System.Globalization;
using System.Management.Automation;

namespace MultiExit;

/// <summary>Texts of tables, for module/MultiExit.Format.ps1xml. Each takes what a property holds, also behind Start-Job and remoting, where
/// a point in time is text or an object that looks like one.</summary>
public static partial class TableText
{
    private const string Pattern = "yyyy-MM-dd HH:mm:ss";
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>A point in time on the clock of this computer, <c>2026-11-29 14:03:22</c>; empty for null.</summary>
    public static string Time(object? value) => Read(value) is { } time ? time.ToLocalTime().ToString(Pattern, CultureInfo.InvariantCulture) : "";

    /// <summary>A point in time of the last months, <c>11-29 14:03:22</c>; empty for null.</summary>
    public static string Moment(object? value) => Time(value) is { Length: > 0 } time ? time["yyyy-".Length..] : "";

    /// <summary>How long a point in time is ago, <c>14:03:22</c> or <c>2d 14:03</c>; empty for null.</summary>
    public static string Age(object? value) => Read(value) is not { } time ? ""
        : (DateTimeOffset.UtcNow - time) is var age && age.Days > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{age.Days}d {age:hh\\:mm}")
            : age.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture);

    /// <summary>A number of bytes, <c>512 B</c> or <c>1.2 MB</c> (powers of 1000, as in the configuration), at most 8 characters; empty for null.</summary>
    public static string Size(object? value)
    {
        if (Unwrap(value) is not { } bytes) return "";
        double number = Convert.ToDouble(bytes, CultureInfo.InvariantCulture);
        int unit = 0;
        for (; number >= 999.5 && unit < Units.Length - 1; unit++) number /= 1000;
        return number.ToString(unit == 0 || number >= 99.95 ? "0 " : "0.0 ", CultureInfo.CurrentCulture) + Units[unit];
    }

    /// <summary>A duration in milliseconds, <c>12.3</c>; empty for null.</summary>
    public static string Milliseconds(object? value) =>
        Unwrap(value) is TimeSpan time ? time.TotalMilliseconds.ToString("n1", CultureInfo.CurrentCulture) : "";

    /// <summary>The value of a metric: a number in its unit, or of a histogram how many measurements with which mean.</summary>
    public static string Metric(object? value, object? unit, object? count, object? sum)
    {
        string shown = Unwrap(unit) as string is { } text && !text.StartsWith('{') && text != "1" ? $" {text}" : "";
        if (Unwrap(value) is { } number) return Number(Convert.ToDouble(number, CultureInfo.InvariantCulture)) + shown;
        if (Unwrap(count) is not { } measured || Convert.ToInt64(measured, CultureInfo.InvariantCulture) is not (> 0 and var many)) return "";
        return $"{many} x {Number(Convert.ToDouble(Unwrap(sum), CultureInfo.InvariantCulture) / many)}{shown}";
    }

    /// <summary>Labels in a line, <c>exit=wan1 outcome=ok</c>.</summary>
    public static string Labels(object? labels) => Unwrap(labels) is not System.Collections.IDictionary map ? ""
        : string.Join(' ', map.Keys.Cast<object>().Select(key => $"{key}={map[key]}"));

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) >= 1000 || double.IsInteger(value) ? "0" : "0.####", CultureInfo.CurrentCulture);

    private static DateTimeOffset? Read(object? value) => Unwrap(value) switch
    {
        null => null,
        DateTimeOffset time => time,
        DateTime time => new DateTimeOffset(time),
        string text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time) ? time : null,
        _ => (value as PSObject)?.Properties["UtcDateTime"]?.Value is DateTime time ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)) : null,
    };

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
