using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the key <c>ech</c> of an exit, or of its <c>tls</c>.</summary>
internal static class EchClientBinder
{
    private const string ExpectedConfig = "an ECHConfigList in base64, or { file: path }";

    /// <summary>Reads it.</summary>
    /// <returns>Null when it is absent or after an error.</returns>
    public static EchClientConfig? Read(MapReader exit)
    {
        if (exit.Map("ech", "ech of an exit") is not { } reader) return null;
        ReadContext context = reader.Context;
        DohConfig? doh = DohBinder.Read(reader, mayBePlain: true);
        string? name = reader.Text("name", "the name whose HTTPS record has the configs");
        if (name is not null && (name.StartsWith('.') || DomainText.Check(name) is not null))
            context.Values.Expect(reader.Take("name")!, "a host name such as cloudflare-ech.com");
        EchConfigList? configs = reader.Take("config") is { } node ? ReadConfigs(context, node) : null;
        bool fallback = ReadFallback(reader);
        reader.Finish();
        if (reader.Take("config") is not { } given)
        {
            if (reader.Take("doh") is null && !context.HasDoh)
                context.Errors.Add(reader.Place, "says nowhere where the config comes from; expected `doh`, `config`, or a resolver in `dns.doh`");
        }
        else if (reader.Take("doh") is not null || reader.Take("name") is not null)
        {
            context.Errors.Add(given.Place, "`config` beside `doh` or `name`; expected one or the other");
        }
        return new() { Doh = doh, Name = name, Configs = configs, Fallback = fallback };
    }

    /// <summary>Checks the name that is to be hidden: an address cannot be (RFC 6066 section 3).</summary>
    /// <param name="exit">The exit or <c>tls</c> section that has the key <c>ech</c>.</param>
    /// <param name="name">The name.</param>
    /// <param name="key">The key that gives another one.</param>
    public static void CheckHiddenName(MapReader exit, string name, string key)
    {
        if (!EchPublicName.IsValid(name.TrimEnd('.')))
            exit.Context.Errors.Add(exit.Take("ech")!.Place, $"the server has no name to hide; expected its name as `{key}`");
    }

    // A name is shown only where the file says so with `fallback`; `require: false` is not enough.
    private static bool ReadFallback(MapReader reader)
    {
        bool fallback = reader.Flag("fallback") ?? false;
        bool? require = reader.Flag("require");
        if (require is { } required && required == fallback)
        {
            reader.Context.Errors.Add(reader.Take("require")!.Place, required
                ? "true, but `fallback: true` shows the server's name when ECH fails; expected one or the other"
                : "false alone changes nothing; write `fallback: true` to show the server's name when ECH fails");
        }
        return fallback;
    }

    private static EchConfigList? ReadConfigs(ReadContext context, ConfigNode node)
    {
        byte[]? bytes = null;
        ConfigErrorKind kind = ConfigErrorKind.Text;
        switch (node)
        {
            case ScalarNode { IsNull: false } scalar:
                bytes = EchConfigText.Decode(scalar.Text);
                break;
            case MapNode { Entries: [{ Key: "file" } entry] }:
                if (context.ReadableFile(entry.Value) is not { } file || context.IsTextOnly) return null;
                kind = ConfigErrorKind.Machine;
                bytes = EchConfigText.ReadFile(file);
                node = entry.Value;
                break;
        }
        if (bytes is null)
        {
            const string Expected = ExpectedConfig + "; a file has it as PEM (ECHCONFIG), in base64 or as bytes";
            if (kind == ConfigErrorKind.Machine) context.Errors.Add(node.Place, $"expected {Expected}, found {ErrorText.Quote(((ScalarNode)node).Text)}", kind);
            else context.Values.Expect(node, Expected);
            return null;
        }
        string? fault = EchConfigList.Parse(bytes, out EchConfigList? list);
        if (fault is not null) context.Errors.Add(node.Place, $"the ECHConfigList {fault}", kind);
        else if (list!.WhyNot is { } reason) context.Errors.Add(node.Place, $"the ECHConfigList has no config that can be used: {reason}", kind);
        return list;
    }
}
