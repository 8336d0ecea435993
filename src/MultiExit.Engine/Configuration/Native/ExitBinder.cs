using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads one exit: the keys of all types here, the keys of its own type by the line of that type.</summary>
internal sealed class ExitBinder(NameTable names)
{
    /// <summary>Reads an exit.</summary>
    /// <returns>Null when something that the exit needs is wrong.</returns>
    public ExitConfig? Read(MapReader reader)
    {
        ReadContext context = reader.Context;
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
