using System.Globalization;
using MultiExit.Engine.Configuration.Groups;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>Ports and ranges of ports.</summary>
internal static class PortText
{
    /// <summary>What is expected of a range, for errors.</summary>
    public const string ExpectedRange = "a port such as 443 or a range such as 8000-8999, from 0 to 65535";

    /// <summary>Reads a port, 0 to 65535, digits alone.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);

    /// <summary>Reads <c>443</c> or <c>8000-8999</c>.</summary>
    public static bool TryParseRange(string text, out PortRange range)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        ReadOnlySpan<char> first = dash < 0 ? text : text.AsSpan(0, dash);
        ReadOnlySpan<char> last = dash < 0 ? text : text.AsSpan(dash + 1);
        bool read = TryParse(first.Trim(), out ushort from) & TryParse(last.Trim(), out ushort to) && from <= to;
        range = read ? new(from, to) : default;
        return read;
    }
}
