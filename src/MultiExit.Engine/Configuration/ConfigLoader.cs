using MultiExit.Engine.Configuration.Dialects;
using MultiExit.Engine.Configuration.Native;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration;

/// <summary>Reads configurations.</summary>
public static class ConfigLoader
{
    /// <summary>Loads a file, YAML or JSON (UTF-8, at most 4 MiB), in any of the dialects.</summary>
    /// <param name="path">The file. One that cannot be read is an error of the result, not an exception.</param>
    public static ConfigResult LoadFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Load(DocumentFile.Read(path, mayBePipe: true), path);
    }

    /// <summary>Checks the text of a file without the machine it is for: the secrets, certificates and other files that it refers to need
    /// not be there and are not looked at.</summary>
    /// <param name="path">The file. One that cannot be read is an error of the result, not an exception.</param>
    /// <returns>What is at fault. A configuration that is valid has stand-ins for its secrets and is not to be run.</returns>
    public static ConfigResult CheckText(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Load(DocumentFile.Read(path, mayBePipe: true), path, isTextOnly: true);
    }

    /// <summary>Loads what was read from a file.</summary>
    internal static ConfigResult Load(DocumentFile document, string path, bool isTextOnly = false) => document.Text is { } text
        ? Parse(new ConfigDocument(text, Path.GetFullPath(path), isInFile: true), path, isTextOnly) : ConfigResult.Unreadable(path, document.Problem!);

    /// <summary>Loads a document from text.</summary>
    /// <param name="text">The document.</param>
    /// <param name="file">The file's name in errors, and the folder that relative paths are relative to; null: the current folder.</param>
    public static ConfigResult Parse(string text, string? file = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(new ConfigDocument(text, file is null ? null : Path.GetFullPath(file)), file);
    }

    /// <summary>Loads a document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="name">Its name in errors.</param>
    /// <param name="isTextOnly">Whether it is read without the machine it is for.</param>
    /// <param name="schema">The types of inbounds and exits that it may have; null: those of this build.</param>
    /// <param name="observer">Gets everything that is asked of the document; null: nobody does.</param>
    internal static ConfigResult Parse(
        ConfigDocument document, string? name, bool isTextOnly = false, ConfigSchema? schema = null, Action<ReadNote>? observer = null)
    {
        ReadContext context = new(document.File, name, isTextOnly) { Schema = schema ?? ConfigSchema.Product, Observer = observer };
        ConfigNode? root = NodeComposer.Compose(document.Text, context.Errors);
        if (root is MapNode map) return Read(map, document, context);
        if (context.Errors.Count == 0)
        {
            string found = root is null or ScalarNode { IsNull: true } ? "the document is empty" : $"found {root.Kind}";
            context.Errors.Add(new(1, 1, ""),
                $"{found}; expected a mapping with at least `inbounds: [{{ name: proxy, type: mixed, listen: \"127.0.0.1:1080\" }}]`");
        }
        return Finish(null, context, "native") with { Document = document };
    }

    /// <summary>Loads a document whose sections are from several texts; errors have the places there.</summary>
    /// <param name="root">The sections.</param>
    /// <param name="document">The document that they are written as.</param>
    /// <param name="name">Its name in errors.</param>
    internal static ConfigResult Read(MapNode root, ConfigDocument document, string name) => Read(root, document, new ReadContext(document.File, name));

    /// <summary>Makes a configuration from URLs: <c>socks5://user:pass@127.0.0.1:1080</c>, <c>http://</c>, <c>mixed://</c> (also <c>proxy://</c> and
    /// <c>auto://</c>), <c>tcp://listen/target,...</c>. With neither, the embedded default: mixed on 127.0.0.1:1080.</summary>
    /// <param name="listen">Where to listen.</param>
    /// <param name="forward">The upstream proxy that everything goes through, or a group of them (<c>socks5://a:1080,b:1080</c>); null: direct.</param>
    /// <param name="parameters">The options beside the URLs in the notation of ech-tunnel, in which <c>ws://</c> and <c>wss://</c> are ECH tunnels;
    /// null: they are not in that notation.</param>
    /// <param name="secrets">Users and keys that do not stand in the URLs; null for none.</param>
    /// <param name="fullPath">Makes the path of a file that a URL names absolute; its exceptions pass through. Null: relative paths are relative
    /// to the current folder of the process.</param>
    public static ConfigResult FromUrls(
        IReadOnlyList<string> listen, string? forward, EchTunnelParameters? parameters = null, UrlSecrets? secrets = null,
        Func<string, string>? fullPath = null) => FromUrlChain(listen, forward is null ? [] : [forward], parameters, secrets, fullPath);

    /// <summary>As <see cref="FromUrls"/>, with a chain of upstreams.</summary>
    /// <param name="listen">Where to listen.</param>
    /// <param name="forward">The hops that everything goes through, the first one first; empty: direct.</param>
    /// <param name="parameters">The options beside the URLs in the notation of ech-tunnel; null: they are not in that notation.</param>
    /// <param name="secrets">Users and keys that do not stand in the URLs; the user at the upstream is that of the last hop.</param>
    /// <param name="fullPath">Makes the path of a file that a URL names absolute; its exceptions pass through.</param>
    public static ConfigResult FromUrlChain(
        IReadOnlyList<string> listen, IReadOnlyList<string> forward, EchTunnelParameters? parameters = null, UrlSecrets? secrets = null,
        Func<string, string>? fullPath = null)
    {
        ArgumentNullException.ThrowIfNull(listen);
        ArgumentNullException.ThrowIfNull(forward);
        ReadContext context = new(null) { Resolve = fullPath };
        MapNode native = new UrlConverter(context, parameters, secrets).ToNative(listen, forward);
        return Finish(context.Errors.Count > 0 ? null : GatewayBinder.Read(native, context), context, "urls");
    }

    private static ConfigResult Read(MapNode root, ConfigDocument document, ReadContext context)
    {
        if (ForeignFile.ProgramOf(root) is { } program)
        {
            context.Errors.Add(new(1, 1, ""), $"this is a configuration of {program}, which is not read here; "
                + "expected one in the native schema, or of multiexit-proxy, socks5-websocket-proxy, ss-server, ss-local, gost or "
                + "lightsocks");
            return Finish(null, context, Dialect.Native) with { Document = document };
        }
        (MapNode native, string dialect) = Dialect.ToNative(root, context);
        context.IsOfOtherProgram = dialect != Dialect.Native;
        GatewayConfig config = GatewayBinder.Read(native, context);
        // Other programs have no hashes.
        if (!context.IsOfOtherProgram) config = config with { ClearPasswords = context.ClearPasswords };
        else config = config with { NotCarriedOver = [.. context.ShownRemarks()] };
        return Finish(config, context, dialect) with { Document = document };
    }

    private static ConfigResult Finish(GatewayConfig? config, ReadContext context, string dialect) =>
        new(context.Errors.Count == 0 ? config : null, context.Errors.InFileOrder(), dialect) { Files = context.Files, Credentials = [.. context.Credentials] };
}
