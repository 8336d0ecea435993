using System.Text;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Hashing;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the users of an inbound.</summary>
internal static class UserBinder
{
    // RFC 1929 has one octet for the length of a name and of a password.
    private const int MaxLength = 255;
    private const int MaxHash = 512;

    /// <summary>Reads <c>users</c>.</summary>
    /// <param name="inbound">The inbound.</param>
    /// <param name="forHttp">Whether names must fit into Basic authentication, where a colon ends the name (RFC 7617 section 2).</param>
    public static IReadOnlyList<UserConfig> Read(MapReader inbound, bool forHttp)
    {
        ReadContext context = inbound.Context;
        if (inbound.Take("users") is not { } node) return [];
        if (node is not MapNode { Entries.Count: > 0 } map)
        {
            context.Values.Expect(node, "users as { name: { password: secret } }; leave the key out to serve anybody", mayBeSecret: true);
            return [];
        }
        List<UserConfig> users = [];
        foreach (MapEntry entry in map.Entries)
        {
            if (ReadUser(entry, forHttp, context) is { } user) users.Add(user);
        }
        return users;
    }

    private static UserConfig? ReadUser(MapEntry entry, bool forHttp, ReadContext context)
    {
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
        UserConfig? user = ReadLogin(reader, entry.Key);
        reader.Finish();
        return goodName ? user : null;
    }

    private static UserConfig? ReadLogin(MapReader reader, string name)
    {
        ReadContext context = reader.Context;
        ConfigNode? hash = reader.Take("password_hash");
        ConfigNode? password = hash is null ? reader.Require("password", "a secret, or `password_hash`") : reader.Take("password");
        if (hash is not null && password is not null) context.Errors.Add(hash.Place, "the user has a `password` as well; expected one of them");
        if (password is not null)
        {
            if (password is ScalarNode) context.ClearPasswords.Add(password.Place.Path);
            return context.Secrets.Read(password, MaxLength) is { } secret ? new(name, secret) : null;
        }
        if (hash is null || context.Secrets.Read(hash, MaxHash) is not { } text) return null;
        // What a reference leads to was not looked at.
        if (context.IsTextOnly && hash is not ScalarNode) return new(name, text);
        if (PasswordHash.TryParse(Encoding.UTF8.GetString(text.Reveal()), out PasswordHash? read, out string? fault)) return new(name, null, read);
        context.Errors.Add(hash.Place, $"{fault} (`multiexit hash` and New-MxPasswordHash make one)");
        return null;
    }

    /// <summary>Whether a text can be the name of a user.</summary>
    public static bool IsName(string name, bool forHttp) =>
        name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= MaxLength && !name.Any(char.IsControl)
        && !(forHttp && name.Contains(':', StringComparison.Ordinal));
}
