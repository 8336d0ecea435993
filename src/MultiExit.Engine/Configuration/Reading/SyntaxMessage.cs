using YamlDotNet.Core;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Makes the sentence for a syntax error.</summary>
internal static class SyntaxMessage
{
    /// <summary>The message; never a piece of the document, for that could be a password.</summary>
    public static string From(YamlException error)
    {
        string reason = error.Message;
        // The parser's own sentences quote nothing but single characters; anything longer in quotes is left out.
        bool isOwn = reason.Length is > 0 and <= 120 && !reason.Contains('\n', StringComparison.Ordinal) && !QuotesText(reason);
        return isOwn ? $"not valid YAML or JSON: {char.ToLowerInvariant(reason[0])}{reason[1..].TrimEnd('.')}" : "not valid YAML or JSON";
    }

    private static bool QuotesText(string reason)
    {
        for (int i = 0; i < reason.Length; i++)
        {
            if (reason[i] is not ('\'' or '"' or '`')) continue;
            if (i + 2 >= reason.Length || reason[i + 2] != reason[i]) return true;
            i += 2;
        }
        return false;
    }
}
