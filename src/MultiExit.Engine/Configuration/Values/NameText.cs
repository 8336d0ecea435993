namespace MultiExit.Engine.Configuration.Values;

/// <summary>Names of servers, inbounds, exits and groups.</summary>
public static class NameText
{
    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "1 to 64 letters, digits and . _ - : (no . or - at the start)";

    /// <summary>Whether the text may be a name.</summary>
    public static bool IsValid(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or ':') && text[0] is not ('.' or '-');
}
