using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the origins of web pages that an inbound takes.</summary>
internal static class OriginBinder
{
    /// <summary>Reads <c>origins</c>.</summary>
    public static IReadOnlyList<string> Read(MapReader reader)
    {
        List<string> origins = [];
        if (reader.Take(WebOrigin.Key) is not { } node) return origins;
        foreach (ConfigNode item in reader.Context.Values.Values(node, "a list of origins that is not empty"))
        {
            if (reader.Context.Values.Text(item, WebOrigin.Expected) is not { } text) continue;
            if (WebOrigin.Problem(text) is { } problem) reader.Context.Errors.Add(item.Place, $"{ErrorText.Quote(text)} {problem}");
            else origins.Add(text);
        }
        return origins;
    }
}
