using System.Text;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys of what comes from a file or URL.</summary>
internal static class SourceBinder
{
    private const int MaxUrl = 2048, Sha256Digits = 64;

    /// <summary>Reads them.</summary>
    /// <param name="reader">The mapping.</param>
    /// <param name="names">The names of the document.</param>
    /// <param name="config">The record without them.</param>
    /// <param name="what">What comes from there: <c>the set comes</c>.</param>
    /// <returns>Null where neither a file nor a URL can be read.</returns>
    public static T? Read<T>(MapReader reader, NameTable names, T config, string what)
        where T : SourceConfig
    {
        ReadContext context = reader.Context;
        string? path = reader.Take("file") is { } file ? context.FullPath(file) : null;
        Secret? url = ReadUrl(reader);
        if (reader.Has("url") == reader.Has("file")) context.Errors.Add(reader.Place, $"expected either `file` or `url`, where {what} from");
        T read = config with
        {
            File = path,
            Url = url,
            Every = reader.Duration(SourceConfig.EveryRange) ?? (reader.Has("file") ? SourceConfig.UsualLook : SourceConfig.UsualFetch),
            Sha256 = ReadHash(reader),
            Via = ReadVia(reader, names),
            State = reader.Take("state") is { } state ? context.FullPath(state) : null,
        };
        return path is null && url is null ? null : read;
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
