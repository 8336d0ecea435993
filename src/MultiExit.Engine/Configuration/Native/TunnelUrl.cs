using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Makes options of a <c>tunnel://</c> URL into keys of the schema.</summary>
internal static class TunnelUrl
{
    /// <summary>The error for a user in the URL.</summary>
    public const string UserProblem = "has a user; a tunnel has none, its key is the option psk_file (or psk)";

    /// <summary>All options of an exit's URL.</summary>
    public static IReadOnlyList<MapEntry> Options(EndpointUrl url, SourcePlace place, ErrorList errors)
    {
        List<MapEntry> entries = [];
        foreach ((string name, string value) in url.Options)
        {
            SourcePlace option = place with { Path = place.PathOf(name) };
            if (name is "name" or "type" or "server")
                errors.Add(option, "is no option; it stands beside the URL or in it");
            else if (Option(name, value, option, errors) is not { } entry) continue;
            else if (entries.Exists(other => other.Key == entry.Key))
                errors.Add(option, "says the same as another option; expected one of them");
            else entries.Add(entry);
        }
        return entries;
    }

    /// <summary>One option of either side.</summary>
    /// <returns>Null after an error.</returns>
    public static MapEntry? Option(string name, string value, SourcePlace place, ErrorList errors)
    {
        ScalarNode literal = new(place, value, IsPlain: false);
        switch (name)
        {
            case "psk":
                return new("key", place, literal);
            case "psk_file":
                return new("key", place, new MapNode(place, [new("file", place, literal)]));
            case "key":
                // The value may be either key: taken for a path, an error would print it.
                errors.Add(place, "is ambiguous; the tunnel's key is psk_file (or psk), that of the certificate cert_key");
                return null;
            case "methods" or "fake_snis" or "pin":
                return new(name, place, new ListNode(place, [.. value.Split(',').Select(item => new ScalarNode(place, item, IsPlain: false))]));
            default:
                return new(name, place, literal with { IsPlain = true });
        }
    }
}
