using System.Text;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section <c>sets</c>.</summary>
internal static class RuleSetBinder
{
    private const int MaxSets = 64, MaxUrl = 2048, Sha256Digits = 64;

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
        ReadContext context = reader.Context;
        ConfigNode? file = reader.Take("file");
        string? path = file is null ? null : context.FullPath(file);
        Secret? url = ReadUrl(reader);
        if (reader.Has("url") == reader.Has("file")) context.Errors.Add(reader.Place, "expected either `file` or `url`, where the set comes from");
        RuleSetConfig set = new(name)
        {
            File = path,
            Url = url,
            Every = reader.Duration(RuleSetConfig.EveryRange) ?? (reader.Has("file") ? RuleSetConfig.UsualLook : RuleSetConfig.UsualFetch),
            Sha256 = ReadHash(reader),
            Format = reader.Choice("format", "lines", "clash", "sing-box") switch
            {
                "clash" => RuleSetFormat.Clash,
                "sing-box" => RuleSetFormat.SingBox,
                _ => RuleSetFormat.Lines,
            },
            Via = ReadVia(reader, names),
            State = reader.Take("state") is { } state ? context.FullPath(state) : null,
        };
        reader.Finish();
        return path is null && url is null ? null : set;
    }

    private static Secret? ReadUrl(MapReader reader)
    {
        if (reader.Take("url") is not { } node || reader.Context.Secrets.Read(node, MaxUrl) is not { } secret) return null;
        string text = Encoding.UTF8.GetString(secret.Reveal()).TrimEnd();
        if (reader.Context.IsTextOnly) return secret;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.Host.Length > 0 && url.UserInfo.Length == 0)
            return new Secret(text);
        // Not shown: it may be a credential.
        reader.Context.Errors.Add(node.Place, "expected a URL with https:// or http:// and without user info");
        return null;
    }

    private static string? ReadHash(MapReader reader)
    {
        if (reader.Take("sha256") is not { } node) return null;
        const string Expected = "the SHA-256 of the content, 64 hexadecimal digits";
        string? text = reader.Context.Values.Text(node, Expected);
        if (text is null || text.Length == Sha256Digits && text.All(char.IsAsciiHexDigit)) return text?.ToLowerInvariant();
        reader.Context.Values.Expect(node, Expected);
        return null;
    }

    private static string? ReadVia(MapReader reader, NameTable names)
    {
        if (reader.Take("via") is not { } node || reader.Context.Values.Text(node, "the name of an exit or group") is not { } via) return null;
        if (reader.Has("file")) reader.Context.Errors.Add(node.Place, "of no use with `file`");
        names.UseExit(null, via, node.Place);
        return via;
    }
}
