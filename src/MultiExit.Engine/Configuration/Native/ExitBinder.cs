using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Reading;

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
        string? country = CountryBinder.Read(reader);
        ExitConfig? exit = context.Schema.Exit(word)!.Read(reader, name, names);
        reader.Finish();
        return name is null || exit is null ? null : exit with { Weight = weight, Country = country, Health = health };
    }
}
