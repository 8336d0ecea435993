using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>Domains in rules: <c>example.com</c> for that name, <c>.example.com</c> for it and everything beneath.</summary>
internal static class DomainText
{
    /// <summary>Checks a domain of a rule.</summary>
    /// <returns>Null when it is valid, otherwise what is wrong with it.</returns>
    public static string? Check(string text)
    {
        if (text.StartsWith("*.", StringComparison.Ordinal)) return $"has a wildcard; write {ErrorText.Quote(text[1..])} for the domain and everything beneath";
        string name = text.StartsWith('.') ? text[1..] : text;
        if (AddressText.TryParse(name, out _)) return "is an address; addresses stand in `networks`";
        if (!name.All(char.IsAscii)) return "is not ASCII; write the xn-- form";
        bool good = name.Length is > 0 and <= 253 && name.Split('.').All(IsLabel);
        return good ? null : "is no domain; expected one such as example.com, or .example.com for everything beneath";
    }

    // A host name has no underscores (RFC 1123), yet clients ask for such names.
    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
