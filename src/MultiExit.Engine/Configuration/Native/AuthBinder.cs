using System.Text;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads <c>auth</c>, at the top and of an inbound.</summary>
internal static class AuthBinder
{
    private const int MaxUrl = 2048, MaxToken = 4096;
    private const string OneOf = "one of `http`, `file`, `ldap` and `pam`, the back-end that knows the users";
    private static readonly string[] Types = ["http", "file", "ldap", "pam"];

    /// <summary>Reads it.</summary>
    /// <param name="owner">The mapping that it stands in.</param>
    /// <param name="name">The name of the back-end.</param>
    /// <returns>Null where there is none, or after an error.</returns>
    public static AuthConfig? Read(MapReader owner, string name)
    {
        if (owner.Map("auth", "auth") is not { } reader) return null;
        string[] given = [.. Types.Where(reader.Has)];
        int errors = reader.Context.Errors.Count;
        AuthConfig? auth = given.Length == 1 ? ReadOne(reader, given[0]) : null;
        reader.Known(Types);
        reader.Finish();
        if (given.Length > 1) reader.Context.Errors.Add(reader.Place, $"expected {OneOf}, found {string.Join(" and ", given)}");
        // One that is misspelt has been told.
        else if (given.Length == 0 && reader.Context.Errors.Count == errors) reader.Context.Errors.Add(reader.Place, $"expected {OneOf}");
        return auth is null ? null : auth with { Name = name };
    }

    private static AuthConfig? ReadOne(MapReader reader, string type)
    {
        if (type == "file") return reader.Take(type) is { } file && reader.Context.ReadableFile(file) is { } path ? new FileAuthConfig(path) : null;
        if (reader.Map(type, $"auth.{type}") is not { } keys) return null;
        AuthConfig? auth = type switch
        {
            "http" => ReadHttp(keys),
            "ldap" => LdapAuthBinder.Read(keys),
            _ => ReadPam(keys),
        };
        // Without one they are read all the same: their errors are errors.
        AuthConfig defaults = auth ?? new FileAuthConfig("");
        defaults = defaults with
        {
            Timeout = keys.Duration(AuthConfig.TimeoutRange) ?? defaults.Timeout,
            Cache = keys.Duration(AuthConfig.CacheRange) ?? defaults.Cache,
            OnOutage = keys.Choice("on_outage", "deny", "cached") == "cached" ? OutageRule.Cached : OutageRule.Deny,
        };
        keys.Finish();
        return auth is null ? null : defaults;
    }

    private static HttpAuthConfig? ReadHttp(MapReader reader)
    {
        ReadContext context = reader.Context;
        const string Expected = "a URL with https:// or http:// and without user info";
        ConfigNode? node = reader.Require("url", Expected);
        Secret? token = reader.Take("token") is { } given ? context.Secrets.Read(given, MaxToken) : null;
        if (token is not null && !context.IsTextOnly && !TokenText.IsValid(token)) context.Errors.Add(reader.Take("token")!.Place, TokenText.Problem);
        string? ca = reader.Take("ca") is { } file ? context.ReadableFile(file) : null;
        if (node is null || context.Secrets.Read(node, MaxUrl) is not { } secret) return null;
        string text = Encoding.UTF8.GetString(secret.Reveal()).TrimEnd();
        // What a reference leads to was not looked at.
        if (context.IsTextOnly && node is not ScalarNode) text = "https://stand-in.invalid/";
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0 || url.UserInfo.Length > 0)
        {
            // Not shown: it may be a credential.
            context.Errors.Add(node.Place, $"expected {Expected}");
            return null;
        }
        if (ca is not null && url.Scheme == Uri.UriSchemeHttp)
            context.Errors.Add(reader.Take("ca")!.Place, "`ca` beside an http URL, which has no certificate; expected https");
        return new HttpAuthConfig { Url = new Secret(text), Token = token, CaFile = ca };
    }

    private static PamAuthConfig? ReadPam(MapReader reader)
    {
        const string Expected = "the name of a service, such as multiexit for /etc/pam.d/multiexit";
        if (reader.Require("service", Expected) is not { } node || reader.Context.Values.Text(node, Expected) is not { } service) return null;
        // It becomes a part of a path.
        if (NameText.IsValid(service) && !service.Contains(':', StringComparison.Ordinal)) return new PamAuthConfig(service);
        reader.Context.Values.Expect(node, Expected);
        return null;
    }
}
