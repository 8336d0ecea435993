using System.Globalization;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Native;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Configuration.Writing;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Fleet.Rollouts;

/// <summary>The text of a fleet's configuration: what it may hold, and what it means on a node.</summary>
internal static class FleetDocument
{
    /// <summary>The sections that are always those of the node's own file.</summary>
    public static readonly IReadOnlyList<string> Local = ["name", "fleet", "control", "history", "logging"];

    private const string Remedy = "the store of a fleet takes no secrets in clear text; write { file: PATH }, { env: NAME } or { credential: NAME }, "
        + "which each node looks up by itself, or for a password of a user its password_hash";

    // What a URL holds may be a secret: a password, or a key as a parameter.
    private static readonly string[] SecretParts = ["@", "psk=", "token=", "password=", "key=", "secret=", "pass="];
    private static readonly string[] SecretSchemes = ["ss", "lightsocks"];

    /// <summary>Refuses what must not be in the store.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ProxyException">It is no mapping, has a section of a node, or holds a secret; the exception names each place, and no
    /// secret.</exception>
    public static void Check(string text, string? name)
    {
        ReadContext context = new(null, name, isTextOnly: true);
        ErrorList errors = new(name);
        if (NodeComposer.Compose(text, errors) is not MapNode root)
        {
            if (errors.Count == 0) errors.Add(new SourcePlace(1, 1, ""), "expected a mapping of sections, such as exits, groups and routes");
            throw Refuse(errors, "the text cannot be read");
        }
        foreach (MapEntry section in root.Entries.Where(entry => Local.Contains(entry.Key, StringComparer.Ordinal)))
            errors.Add(section.KeyPlace, $"`{section.Key}` is each node's own; expected it in the files of the nodes alone");
        // Only for the secrets: whether it is valid is known together with a node's file.
        GatewayBinder.Read(root, context);
        foreach (SourcePlace place in context.ClearSecrets.Where(IsSecret)) errors.Add(place, Remedy);
        AddUrls(root, "", errors);
        if (errors.Count > 0) throw Refuse(errors, "it cannot be the configuration of a fleet, and nothing is published");
    }

    /// <summary>What a version means on a node: its sections in place of those of the node's file, which keeps the others.</summary>
    /// <param name="own">The node's own file.</param>
    /// <param name="version">The version.</param>
    /// <param name="source">What errors call the text of the version; null: by its number.</param>
    /// <returns>The configuration, or what is wrong with it, with the places in the two texts.</returns>
    /// <exception cref="ProxyException">The node's own file cannot be read.</exception>
    public static ConfigResult Over(ConfigDocument own, FleetText version, string? source = null)
    {
        source ??= string.Create(CultureInfo.InvariantCulture, $"version {version.Number} of the fleet");
        string name = string.Create(CultureInfo.InvariantCulture, $"version {version.Number} of the fleet over {own.File ?? "the file"}");
        ErrorList errors = new(own.File), errorsOfVersion = new(source);
        MapNode? mine = NodeComposer.Compose(own.Text, errors) as MapNode, theirs = NodeComposer.Compose(version.Text, errorsOfVersion) as MapNode;
        if (mine is null || theirs is null) throw Refuse(mine is null ? errors : errorsOfVersion, $"{name} cannot be read");
        MapNode both = mine with
        {
            Entries =
            [
                .. mine.Entries.Where(entry => IsLocal(entry) || theirs.Find(entry.Key) is null), .. theirs.Entries.Where(entry => !IsLocal(entry)),
            ],
        };
        string text = DocumentWriter.Write(both, [$"{name}: made by the program; the version's sections are in place of those of the file"]);
        if (NodeComposer.Compose(text, errors) is not { } read || !NodeEquality.AreSame(read, both))
            throw new ProxyException(ProxyError.InvalidConfiguration, $"{name}: the sections cannot be written as one text");
        ConfigResult config = ConfigLoader.Read(both, new ConfigDocument(text, own.File) { Name = name }, name);
        return config with { Errors = [.. config.Errors.Select(Placed).OrderByDescending(error => error.File == source)] };
        static bool IsLocal(MapEntry entry) => Local.Contains(entry.Key, StringComparer.Ordinal);

        // The sections know their lines, and not of which of the two texts.
        ConfigError Placed(ConfigError error) => error.Path.Length == 0 ? error
            : theirs.Entries.Any(section => IsBeneath(error.Path, section.KeyPlace.Path)) ? error with { File = source }
            : error with { File = own.File, Message = $"with {source} over this file: {error.Message}" };
    }

    private static bool IsBeneath(string path, string section) =>
        path.StartsWith(section, StringComparison.Ordinal) && (path.Length == section.Length || path[section.Length] is '.' or '[');

    // The URL of a list or a set is public unless it holds a password.
    private static bool IsSecret(SourcePlace place) => !place.Path.EndsWith(".password_hash", StringComparison.Ordinal)
        && !(place.Path.EndsWith(".url", StringComparison.Ordinal)
            && (place.Path.StartsWith("sets", StringComparison.Ordinal) || place.Path.StartsWith("groups", StringComparison.Ordinal)));

    private static void AddUrls(ConfigNode node, string key, ErrorList errors)
    {
        switch (node)
        {
            case MapNode map:
                foreach (MapEntry entry in map.Entries) AddUrls(entry.Value, entry.Key, errors);
                break;
            case ListNode list:
                foreach (ConfigNode item in list.Items) AddUrls(item, key, errors);
                break;
            case ScalarNode scalar when EndpointUrl.LooksLike(scalar.Text) && key is not ("file" or "env" or "credential")
                && (Array.Exists(SecretParts, part => scalar.Text.Contains(part, StringComparison.OrdinalIgnoreCase))
                    || Array.Exists(SecretSchemes, scheme => scalar.Text.StartsWith(scheme + "://", StringComparison.OrdinalIgnoreCase))):
                errors.Add(node.Place, $"the URL may hold a secret; put that in a key of its own: {Remedy}");
                break;
        }
    }

    private static ProxyException Refuse(ErrorList errors, string what) => new ConfigResult(null, errors.InFileOrder(), "native").ToException(what);
}
