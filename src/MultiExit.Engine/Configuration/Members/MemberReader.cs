using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Configuration.Dialects;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Native;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Members;

/// <summary>Reads one exit that becomes a member of a group at run time: by the binder of configured exits.</summary>
internal static class MemberReader
{
    // No name that may be given: it stands in for one until the server is known.
    private const string NotNamed = "unnamed";

    private static readonly (string Key, string Problem)[] NotOfMembers =
    [
        ("health", "a member has the health check of its group"),
        ("gateway", "policy routing is set up from the configuration; an exit with a gateway stands there"),
        ("addresses", "a pool of addresses is a group of its own; it stands in the configuration"),
        ("limits", "limits of exits are kept by the names of the configuration; an exit with limits stands there"),
        ("on_down", "an exit whose sessions end with it stands in the configuration"),
    ];

    /// <summary>Reads an exit: its keys, or a URL in <c>server</c> that stands for type, login and options.</summary>
    /// <param name="entry">Its keys.</param>
    /// <param name="name">Its name; null: that of the key <c>name</c>, or one made of its server.</param>
    /// <param name="context">Where errors go.</param>
    /// <returns>Null after an error.</returns>
    public static MemberEntry? Read(MapNode entry, string? name, ReadContext context)
    {
        int before = context.Errors.Count;
        if (name is not null && entry.Find("name") is { } twice) context.Errors.Add(twice.KeyPlace, "the name is given already; expected one of them");
        foreach ((string key, string problem) in NotOfMembers)
            if (entry.Find(key) is { } found) context.Errors.Add(found.KeyPlace, problem);
        if (context.Errors.Count > before || ToExit(entry, context) is not { } keys) return null;
        bool isNamed = name is not null || keys.Find("name") is not null;
        if (keys.Find("name") is null) keys = keys with { Entries = [new MapEntry("name", entry.Place, Text(entry.Place, name ?? NotNamed)), .. keys.Entries] };
        ExitConfig? exit = new ExitBinder(new NameTable(context.Errors)).Read(new MapReader(keys, context, "an exit"));
        if (exit is null || context.Errors.Count > before) return null;
        if (!isNamed && NameOf(exit) is not { } made)
        {
            context.Errors.Add(entry.Place, "an exit without a server needs a name");
            return null;
        }
        return new MemberEntry(isNamed ? exit : exit with { Name = NameOf(exit)! }, entry);
    }

    /// <summary>Reads an exit from a URL.</summary>
    public static MemberEntry? Read(string url, SourcePlace place, string? name, ReadContext context) =>
        Read(new MapNode(place, [new MapEntry("server", place, Text(place, url))]), name, context);

    // The keys of the exit that a URL stands for, and those beside it.
    private static MapNode? ToExit(MapNode entry, ReadContext context)
    {
        if (entry.Find("type") is not null || entry.Find("server")?.Value is not ScalarNode { IsNull: false } server) return entry;
        if (!EndpointUrl.LooksLike(server.Text))
        {
            context.Errors.Add(server.Place, "expected a URL such as socks5://user:password@proxy.example:1080, or `type` beside it");
            return null;
        }
        if (new UrlExits(context).Convert(server.Text, server.Place, NotNamed) is not { } exit) return null;
        List<MapEntry> keys = [.. exit.Entries.Where(key => key.Key != "name")];
        foreach (MapEntry key in entry.Entries.Where(key => key.Key != "server"))
        {
            if (keys.Exists(known => known.Key == key.Key)) context.Errors.Add(key.KeyPlace, "the URL in `server` says it already; expected one of them");
            else keys.Add(key);
        }
        return new MapNode(entry.Place, keys);
    }

    // The same exit has the same name wherever in a list it stands. Of a password there is nothing in it.
    private static string? NameOf(ExitConfig exit)
    {
        if (exit.Hop?.Server is not { } server) return null;
        string name = string.Create(CultureInfo.InvariantCulture, $"{server.Host}:{server.Port}");
        string? user = (exit as ProxyExitConfig)?.Username;
        if (user is null && NameText.IsValid(name)) return name;
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{exit.Type}\n{name}\n{user}")))[..8];
        return NameText.IsValid($"{name}-{hash}") ? $"{name}-{hash}" : $"{exit.Type}-{hash}";
    }

    private static ScalarNode Text(SourcePlace place, string text) => new(place, text, IsPlain: false);
}
