using System.Management.Automation;

namespace MultiExit;

public static partial class TableText
{
    private static readonly HashSet<string> Good = new(StringComparer.Ordinal)
    {
        "Running", "Alive", "Up", "Enabled", "Served", "Taken", "Current", "Applied", "Confirmed", "ok", "True", "active",
    };

    private static readonly HashSet<string> Waiting = new(StringComparer.Ordinal)
    {
        "Draining", "Unknown", "Disabled", "Full", "Stale", "Undecided", "Unconfirmed", "Warning", "warning",
        "idle", "drain", "stopped", "activating", "deactivating", "reloading",
    };

    // What is neither good nor bad: a member that was passed over, a message that only tells.
    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal)
    {
        "", "Stopped", "Left", "Passed", "Possible", "Debug", "Info", "inactive", "skipped",
    };

    /// <summary>A state, outcome or level as a table shows it: what is good in green, what waits or is out of use in the colour of warnings, and
    /// all else that is not plain in that of errors. Where output is redirected, PowerShell leaves the colours out.</summary>
    /// <param name="value">The state, behind Start-Job and remoting too.</param>
    /// <param name="style">$PSStyle, by its properties: the library that cmdlets are compiled against does not know its type.</param>
    public static string State(object? value, object? style)
    {
        string text = value?.ToString() ?? "";
        if (style is null || Plain.Contains(text)) return text;
        string? colour = Good.Contains(text) ? Part(style, "Foreground", "Green")
            : Waiting.Contains(text) ? Part(style, "Formatting", "Warning")
            : Part(style, "Formatting", "Error");
        return $"{colour}{text}{Part(style, "Reset")}";
    }

    private static string? Part(object style, params ReadOnlySpan<string> path)
    {
        object? part = style;
        foreach (string name in path) part = part is null ? null : PSObject.AsPSObject(part).Properties[name]?.Value;
        return part?.ToString();
    }
}
