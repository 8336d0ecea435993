using System.Net;
using System.Text;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Hashing;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads one user.</summary>
internal static class UserBinder
{
    // RFC 1929 has one octet for the length of a name and of a password.
    private const int MaxLength = 255;
    private const int MaxHash = 512;

    private static readonly string[] References = ["env", "file", "credential", "vault"];

    /// <summary>Reads a user.</summary>
    /// <param name="entry">Its name and its mapping.</param>
    /// <param name="forHttp">Whether its name must fit into Basic authentication, where a colon ends the name (RFC 7617 section 2).</param>
    /// <param name="context">Where errors and secrets go.</param>
    /// <param name="limits">The limits that stand at the user; null for none.</param>
    /// <param name="bare">Where a credential is missing, unless an inbound knows the user by a name in its certificate; null: it has one.</param>
    /// <returns>Null when something that a user needs is wrong.</returns>
    public static UserConfig? Read(MapEntry entry, bool forHttp, ReadContext context, out UserLimits? limits, out SourcePlace? bare)
    {
        limits = null;
        bare = null;
        bool goodName = IsName(entry.Key, forHttp);
        if (!goodName)
        {
            context.Errors.Add(entry.KeyPlace, forHttp
                ? "a user's name has 1 to 255 octets, no control characters and, for HTTP, no colon"
                : "a user's name has 1 to 255 octets and no control characters");
        }
        if (entry.Value is not MapNode map)
        {
            context.Values.Expect(entry.Value, "a mapping, { password: secret }", mayBeSecret: true);
            return null;
        }
        MapReader reader = new(map, context, "a user");
        int errors = context.Errors.Count;
        UserConfig user = ReadPassword(reader, entry.Key) with
        {
            Keys = ReadSecrets(reader, "keys", TunnelBinder.MaxKeyLength, TunnelBinder.Problem),
            Tokens = ReadSecrets(reader, "tokens", EchTunnelBinder.MaxToken, token => TokenText.IsValid(token) ? null : TokenText.Problem),
            Psks = ReadSecrets(reader, "psks", ShadowsocksBinder.MaxUserKey, ShadowsocksBinder.ProblemOfUserKey),
            Certificates = UserCertificateBinder.Read(reader),
            Networks = ReadNetworks(reader),
            Expires = ReadExpiry(reader),
            Disabled = reader.Flag("disabled") ?? false,
            Groups = ReadGroups(reader),
            Allow = ReadDestinations(reader, "allow"),
            Deny = ReadDestinations(reader, "deny"),
            Limits = ReadLimits(reader),
        };
        reader.Finish();
        if (user.Limits is { } own) limits = new UserLimits(entry.Key, reader.Take("limits")!.Place, own);
        if (context.Errors.Count == errors && user.Credentials.Count == 0) bare = reader.Place with { Path = reader.Place.PathOf("password") };
        return goodName && context.Errors.Count == errors ? user : null;
    }

    /// <summary>Reads <c>password</c> or <c>password_hash</c>; the user is without a password where there is none, or it is at fault.</summary>
    public static UserConfig ReadPassword(MapReader reader, string name)
    {
        ReadContext context = reader.Context;
        ConfigNode? hash = reader.Take("password_hash"), password = reader.Take("password");
        if (hash is not null && password is not null) context.Errors.Add(hash.Place, "the user has a `password` as well; expected one of them");
        if (password is not null)
        {
            if (password is ScalarNode) context.ClearPasswords.Add(password.Place.Path);
            return new(name, context.Secrets.Read(password, MaxLength));
        }
        if (hash is null || context.Secrets.Read(hash, MaxHash) is not { } text) return new(name, null);
        // What a reference leads to was not looked at.
        if (context.IsTextOnly && hash is not ScalarNode) return new(name, text);
        if (PasswordHash.TryParse(Encoding.UTF8.GetString(text.Reveal()), out PasswordHash? read, out string? fault)) return new(name, null, read);
        context.Errors.Add(hash.Place, $"{fault} (`multiexit hash` and New-MxPasswordHash make one)");
        return new(name, null);
    }

    /// <summary>Whether a text can be the name of a user.</summary>
    public static bool IsName(string name, bool forHttp) =>
        name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= MaxLength && !name.Any(char.IsControl)
        && !(forHttp && name.Contains(':', StringComparison.Ordinal));

    private static NamedSecret[] ReadSecrets(MapReader reader, string key, int maxLength, Func<Secret, string?> problemOf)
    {
        List<NamedSecret> secrets = [];
        if (reader.Take(key) is not { } node) return [];
        ReadContext context = reader.Context;
        string expected = $"a mapping of names to secrets, such as {{ laptop: {{ file: laptop.{key[..^1]} }} }}";
        if (node is not MapNode { Entries.Count: > 0 } map)
        {
            context.Values.Expect(node, expected, mayBeSecret: true);
            return [];
        }
        foreach (MapEntry entry in map.Entries)
        {
            // { file: PATH } right here would make the path the secret, by the name "file".
            if (References.Contains(entry.Key, StringComparer.Ordinal) || !NameText.IsValid(entry.Key))
            {
                context.Errors.Add(node.Place, $"expected {expected}; a name has {NameText.Expected} and is none of {string.Join(", ", References)}");
                return [];
            }
            if (context.Secrets.Read(entry.Value, maxLength) is not { } secret) continue;
            // What a reference leads to was not looked at.
            bool isUnknown = context.IsTextOnly && entry.Value is not ScalarNode;
            if (!isUnknown && problemOf(secret) is { } problem) context.Errors.Add(entry.Value.Place, problem);
            else secrets.Add(new(entry.Key, secret));
        }
        return [.. secrets];
    }

    private static IPNetwork[] ReadNetworks(MapReader reader)
    {
        List<IPNetwork> networks = [];
        if (reader.Take("networks") is not { } node) return [];
        foreach (ConfigNode item in reader.Context.Values.Values(node, "a list of networks that is not empty"))
        {
            if (reader.Context.Values.Text(item, NetworkText.Expected) is not { } text) continue;
            if (NetworkText.Parse(text, out IPNetwork network) is { } problem) reader.Context.Errors.Add(item.Place, $"{ErrorText.Quote(text)} {problem}");
            else networks.Add(network);
        }
        return [.. networks];
    }

    private static DateTimeOffset? ReadExpiry(MapReader reader)
    {
        if (reader.Text("expires", ExpiryText.Expected) is not { } text) return null;
        if (ExpiryText.TryParse(text, out DateTimeOffset expires)) return expires;
        reader.Context.Values.Expect(reader.Take("expires")!, ExpiryText.Expected);
        return null;
    }

    private static string[] ReadGroups(MapReader reader)
    {
        string expected = $"a list of names of groups, each of {NameText.Expected}";
        List<string> groups = [];
        if (reader.Take("groups") is not { } node) return [];
        foreach (ConfigNode item in reader.Context.Values.Values(node, expected))
        {
            if (reader.Context.Values.Text(item, expected) is not { } text) continue;
            if (!NameText.IsValid(text)) reader.Context.Values.Expect(item, $"a name: {NameText.Expected}");
            else if (!groups.Contains(text, StringComparer.Ordinal)) groups.Add(text);
        }
        return [.. groups];
    }

    private static UserDestinations? ReadDestinations(MapReader reader, string key)
    {
        if (reader.Take(key) is not { } node) return null;
        List<string> domains = [];
        List<IPNetwork> networks = [];
        foreach (ConfigNode item in reader.Context.Values.Values(node, "a list of domains and networks that is not empty"))
        {
            if (reader.Context.Values.Text(item, "a domain or a network") is not { } text) continue;
            bool isNetwork = text.Contains('/', StringComparison.Ordinal) || AddressText.TryParse(text, out _);
            string? problem = null;
            if (!isNetwork && (problem = DomainText.Check(text)) is null) domains.Add(text);
            else if (isNetwork && (problem = NetworkText.Parse(text, out IPNetwork network)) is null) networks.Add(network);
            if (problem is not null) reader.Context.Errors.Add(item.Place, $"{ErrorText.Quote(text)} {problem}");
        }
        return new(domains, networks);
    }

    private static ScopeLimits? ReadLimits(MapReader reader)
    {
        if (reader.Map("limits", "limits of a user") is not { } limits) return null;
        ScopeLimits own = LimitsBinder.ReadScope(limits, "", hasQuota: true);
        limits.Finish();
        return own;
    }
}
