using MultiExit.Engine.Configuration.Dialects;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads one exit: the keys of all types here, the keys of its own type by the line of that type.</summary>
internal sealed class ExitBinder(NameTable names)
{
    /// <summary>Reads an exit.</summary>
    /// <returns>Null when something that the exit needs is wrong.</returns>
    public ExitConfig? Read(MapReader reader)
    {
        ReadContext context = reader.Context;
        if (!reader.Has("type") && !AddKeysOfUrl(reader)) return null;
        string[] words = [.. context.Schema.Exits.Select(type => type.Word)];
        string? name = NameBinder.Read(reader);
        if (name is not null) names.DeclareExit(name, reader.Take("name")!.Place);
        ConfigNode? typeNode = reader.Require("type", ErrorText.OneOf(words));
        string? word = typeNode is null ? null : context.Values.Choice(typeNode, words);
        if (word is null) return null;
        HealthConfig? health = HealthBinder.Read(reader);
        int weight = reader.Integer(ExitConfig.WeightRange) ?? ExitConfig.MinWeight;
        ScopeLimits? limits = ReadLimits(reader);
        OnDown onDown = reader.Choice("on_down", "keep", "cut") == "cut" ? OnDown.Cut : OnDown.Keep;
        string? country = CountryBinder.Read(reader);
        ExitConfig? exit = context.Schema.Exit(word)!.Read(reader, name, names);
        reader.Finish();
        return name is null || exit is null ? null : exit with { Weight = weight, Country = country, OnDown = onDown, Limits = limits, Health = health };
    }

    // A URL says the type, and with its options other keys of the exit.
    private static bool AddKeysOfUrl(MapReader reader)
    {
        if (reader.Find("server") is not ScalarNode { IsNull: false } server || !EndpointUrl.LooksLike(server.Text)) return true;
        if (new UrlExits(reader.Context).Convert(server.Text, server.Place, "") is not { } exit) return false;
        foreach (MapEntry key in exit.Entries.Where(key => key.Key != "name"))
        {
            if (key.Key == "server") reader.Replace(key);
            else if (reader.Find(key.Key) is { } twice) reader.Context.Errors.Add(twice.Place, "the URL in `server` says it already; expected one of them");
            else reader.Add(key);
        }
        // A direct exit has none.
        reader.Known("server");
        return true;
    }

    private static ScopeLimits? ReadLimits(MapReader exit)
    {
        if (exit.Map("limits", "limits of an exit") is not { } reader) return null;
        ScopeLimits limits = new()
        {
            Connections = reader.Integer(ScopeLimits.ConnectionsRange),
            Bandwidth = reader.Size(ScopeLimits.BandwidthRange),
            Quota = reader.Size(ScopeLimits.QuotaRange),
            Shadow = reader.Flag("shadow"),
        };
        reader.Finish();
        return limits;
    }
}
