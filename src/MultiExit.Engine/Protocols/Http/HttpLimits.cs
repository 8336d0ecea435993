using System.Globalization;

namespace MultiExit.Engine.Protocols.Http;

/// <summary>The bounds of a message head.</summary>
/// <param name="MaxLine">The longest request, status, field or chunk-size line in bytes, line end not counted.</param>
/// <param name="MaxHead">The largest head or trailer section in bytes.</param>
/// <param name="MaxFields">The most fields in a head or trailer section.</param>
/// <param name="AreKeys">Whether they are keys of a configuration, which faults then name.</param>
internal readonly record struct HttpLimits(int MaxLine, int MaxHead, int MaxFields, bool AreKeys = false)
{
    /// <summary>The longest line as text.</summary>
    public string Line => Of("max_line", MaxLine, "bytes");

    /// <summary>The largest head as text.</summary>
    public string Head => Of("max_head", MaxHead, "bytes");

    /// <summary>The most fields as text.</summary>
    public string Fields => Of("max_fields", MaxFields, "fields");

    /// <summary>8 KiB a line, 64 KiB a head, 128 fields.</summary>
    public static HttpLimits Default => new(8 * 1024, 64 * 1024, 128);

    private string Of(string key, int value, string unit) => AreKeys ? string.Create(CultureInfo.InvariantCulture, $"{key}, {value} {unit}")
        : string.Create(CultureInfo.InvariantCulture, $"{value} {unit}");
}
