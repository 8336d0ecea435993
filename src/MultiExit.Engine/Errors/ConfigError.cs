using System.Globalization;

namespace MultiExit.Engine.Errors;

/// <summary>One fault of a configuration.</summary>
/// <param name="File">The file as the user named it; null for parameters.</param>
/// <param name="Line">The line, from 1; 0 where there is none.</param>
/// <param name="Column">The column, from 1; 0 where there is none.</param>
/// <param name="Path">The place in the document, <c>inbounds[0].listen</c>.</param>
/// <param name="Message">What is wrong and what is expected.</param>
/// <param name="Kind">Whether the text is at fault, or this machine lacks what the text names.</param>
public sealed record ConfigError(string? File, int Line, int Column, string Path, string Message, ConfigErrorKind Kind = ConfigErrorKind.Text)
{
    /// <summary>The form <c>file:line:column: path: message</c>.</summary>
    public override string ToString()
    {
        string place = File is null ? "" : Line == 0 ? $"{File}: " : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: ");
        return Path.Length == 0 ? place + Message : $"{place}{Path}: {Message}";
    }
}
