using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section <c>sets</c>.</summary>
internal static class RuleSetBinder
{
    private const int MaxSets = 64;

    public static IReadOnlyList<RuleSetConfig> Read(MapReader root, NameTable names)
    {
        List<RuleSetConfig> sets = [];
        foreach ((string name, SourcePlace place, MapReader reader) in root.NamedMaps("sets", "a rule set"))
        {
            if (!NameText.IsValid(name)) root.Context.Errors.Add(place, $"expected a name: {NameText.Expected}");
            else if (sets.Count == MaxSets) root.Context.Errors.Add(place, $"there are more than {MaxSets} rule sets");
            names.DeclareSet(name);
            if (ReadOne(name, reader, names) is { } set) sets.Add(set);
        }
        return sets;
    }

    private static RuleSetConfig? ReadOne(string name, MapReader reader, NameTable names)
    {
        RuleSetFormat format = reader.Choice("format", "lines", "clash", "sing-box") switch
        {
            "clash" => RuleSetFormat.Clash,
            "sing-box" => RuleSetFormat.SingBox,
            _ => RuleSetFormat.Lines,
        };
        RuleSetConfig? set = SourceBinder.Read(reader, names, new RuleSetConfig(name) { Format = format }, "the set comes");
        reader.Finish();
        return set;
    }
}
