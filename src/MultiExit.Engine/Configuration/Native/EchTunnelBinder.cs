using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys that both sides of an ECH tunnel have.</summary>
internal static class EchTunnelBinder
{
    /// <summary>The most octets of a token.</summary>
    public const int MaxToken = 1024;

    /// <summary>Reads the token, or several. It is the value of a header field, so it has only what such a value can have.</summary>
    public static IReadOnlyList<Secret> ReadTokens(MapReader reader)
    {
        List<Secret> tokens = [];
        if (reader.Take("token") is not { } node) return tokens;
        foreach ((SourcePlace place, Secret token) in reader.Context.Secrets.ReadAll(node, MaxToken))
        {
            if (TokenText.IsValid(token)) tokens.Add(token);
            else reader.Context.Errors.Add(place, TokenText.Problem);
        }
        return tokens;
    }

    /// <summary>Says what is wrong with the path of a URL or a request; null when nothing is.</summary>
    public static string? PathProblem(string path) =>
        path.StartsWith('/') && path.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0 && !path.Contains('#', StringComparison.Ordinal)
            ? null
            : "expected a path such as /tunnel: a slash, then ASCII without blanks";
}
