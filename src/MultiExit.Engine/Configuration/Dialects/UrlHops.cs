using System.Globalization;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>Makes the exits and groups of a chain. A hop is a URL: with several hosts, or with <c>strategy</c>, it is a group. Each hop is reached
/// <c>via</c> the one before it.</summary>
internal sealed class UrlHops(UrlExits exits, ReadContext context)
{
    private readonly List<ConfigNode> _exits = [];
    private readonly List<ConfigNode> _groups = [];

    /// <summary>Adds what was made.</summary>
    public void AddTo(NodeBuilder native) => native.AddList("exits", _exits).AddList("groups", _groups);

    /// <summary>Makes a hop of a URL.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="name">The name of its exit or group.</param>
    /// <param name="via">The hop before it; null for none.</param>
    /// <param name="place">Where the URL stands.</param>
    /// <param name="takesLogin">Whether the login beside the URLs is for it.</param>
    /// <returns>False after an error.</returns>
    public bool Add(string text, string name, string? via, SourcePlace place, bool takesLogin = true)
    {
        (IReadOnlyList<string> members, string? strategy) = Split(text);
        return Add([.. members.Select(member => (member, place))], strategy, name, via, place, takesLogin);
    }

    /// <summary>Makes a hop of several URLs.</summary>
    /// <param name="members">The URLs, each with its place.</param>
    /// <param name="strategy">How one of them is chosen, as gost or the schema calls it; null: in turn, where there are several.</param>
    /// <param name="name">The name of its exit or group.</param>
    /// <param name="via">The hop before it; null for none.</param>
    /// <param name="place">Where the hop stands.</param>
    /// <param name="takesLogin">Whether the login beside the URLs is for it.</param>
    /// <returns>False after an error.</returns>
    public bool Add(
        IReadOnlyList<(string Url, SourcePlace Place)> members, string? strategy, string name, string? via, SourcePlace place, bool takesLogin = true)
    {
        bool isGroup = members.Count > 1 || strategy is not null;
        List<ConfigNode> names = [];
        foreach ((string url, SourcePlace at) in members)
        {
            string own = isGroup ? string.Create(CultureInfo.InvariantCulture, $"{name}-{names.Count + 1}") : name;
            if (exits.Convert(url, at, own, takesLogin) is not { } exit) return false;
            if (via is not null && exit.Find("type")?.Value is ScalarNode { Text: "direct" })
            {
                context.Errors.Add(at, "goes straight out, and cannot be reached through another hop; expected it first");
                return false;
            }
            if (via is not null) exit = exit with { Entries = [.. exit.Entries, new("via", at, NodeBuilder.Text(at, via))] };
            _exits.Add(exit);
            names.Add(NodeBuilder.Text(at, own));
        }
        if (!isGroup) return true;
        NodeBuilder group = new NodeBuilder(place).Add("name", name).AddList("exits", names);
        if (strategy is not null) group.Add("strategy", NodeBuilder.Text(place with { Path = place.PathOf("strategy") }, GostNames.StrategyOf(strategy)));
        // A member that cannot be reached is passed over, as gost does.
        if (names.Count > 1) group.Add("retries", Math.Min(names.Count - 1, 100).ToString(CultureInfo.InvariantCulture));
        _groups.Add(group.Build());
        return true;
    }

    // scheme://user:password@host:port,host:port/path?strategy=random&option=value
    private static (IReadOnlyList<string> Members, string? Strategy) Split(string text)
    {
        int start = text.IndexOf("://", StringComparison.Ordinal);
        if (start < 0) return ([text], null);
        start += 3;
        int question = text.IndexOf('?', start);
        string? strategy = null;
        string options = "";
        if (question >= 0)
        {
            string[] all = text[(question + 1)..].Split('&');
            strategy = all.LastOrDefault(IsStrategy)?[(nameof(strategy).Length + 1)..];
            string[] rest = [.. all.Where(option => !IsStrategy(option))];
            options = rest.Length == 0 ? "" : $"?{string.Join('&', rest)}";
        }
        string hierarchy = question < 0 ? text : text[..question];
        int slash = hierarchy.IndexOf('/', start);
        string path = slash < 0 ? "" : hierarchy[slash..];
        string authority = slash < 0 ? hierarchy[start..] : hierarchy[start..slash];
        int hosts = authority.LastIndexOf('@') + 1;
        string head = text[..start] + authority[..hosts];
        return ([.. authority[hosts..].Split(',').Select(host => $"{head}{host}{path}{options}")], strategy);
    }

    private static bool IsStrategy(string option) => option.StartsWith("strategy=", StringComparison.Ordinal);
}
