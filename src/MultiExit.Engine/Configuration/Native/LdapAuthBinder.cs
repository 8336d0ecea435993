using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Protocols.Ldap;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads <c>auth.ldap</c>.</summary>
internal static class LdapAuthBinder
{
    private const int MaxPassword = 1024;

    /// <summary>Reads it.</summary>
    /// <returns>Null after an error.</returns>
    public static LdapAuthConfig? Read(MapReader reader)
    {
        ReadContext context = reader.Context;
        Uri? url = ReadUrl(reader);
        bool startTls = reader.Flag("starttls") ?? false;
        string? ca = reader.Take("ca") is { } file ? context.ReadableFile(file) : null;
        string? userDn = ReadWithMark(reader, "user_dn", LdapAuthConfig.UserMark);
        string? @base = reader.Text("base", "the DN under which users are searched for");
        string? bindDn = reader.Text("bind_dn", "the DN that searches"), filter = ReadFilter(reader, [LdapAuthConfig.UserMark]);
        Secret? password = reader.Take("bind_password") is { } secret ? context.Secrets.Read(secret, MaxPassword) : null;
        LdapGroupsConfig? groups = ReadGroups(reader);
        if (url is { Scheme: "ldaps" } && startTls) Add(reader, "starttls", "TLS begins with the connection of ldaps://; expected ldap:// beside it");
        if (ca is not null && url is { Scheme: "ldap" } && !startTls)
            Add(reader, "ca", "there is no certificate; expected ldaps:// or `starttls: true` beside it");
        if (reader.Has("user_dn") == reader.Has("base"))
            context.Errors.Add(reader.Place, "expected either `user_dn`, the DN with {user} in it, or `base`, where users are searched for");
        if (reader.Has("user_dn"))
            foreach (string key in (ReadOnlySpan<string>)["bind_dn", "filter"])
                if (reader.Has(key)) Add(reader, key, "nothing is searched for with `user_dn`; expected it with `base`");
        // A name without a password would bind as anybody (RFC 4513 section 5.1.2), and say nothing of it.
        if (reader.Has("bind_dn") != reader.Has("bind_password")) context.Errors.Add(reader.Place, "expected `bind_dn` and `bind_password` together");
        if (url is null) return null;
        return new LdapAuthConfig
        {
            Url = url, StartTls = startTls, CaFile = ca, UserDn = userDn, BindDn = bindDn, BindPassword = password, Base = @base,
            Filter = filter ?? "(uid={user})", Groups = groups,
        };
    }

    private static Uri? ReadUrl(MapReader reader)
    {
        const string Expected = "a URL such as ldaps://directory.example or ldap://127.0.0.1:389, without anything behind the port";
        if (reader.Require("url", Expected) is not { } node || reader.Context.Values.Text(node, Expected) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "ldap" or "ldaps" && url.Host.Length > 0 && url.UserInfo.Length == 0
            && url.PathAndQuery is "" or "/" && url.Fragment.Length == 0)
            return url;
        reader.Context.Errors.Add(node.Place, $"expected {Expected}");
        return null;
    }

    private static string? ReadWithMark(MapReader reader, string key, string mark)
    {
        string expected = $"a DN with {mark} in it, such as \"uid={mark},ou=people,dc=example,dc=com\"";
        if (reader.Take(key) is not { } node || reader.Context.Values.Text(node, expected) is not { } text) return null;
        if (text.Contains(mark, StringComparison.Ordinal)) return text;
        reader.Context.Values.Expect(node, expected);
        return null;
    }

    private static string? ReadFilter(MapReader reader, string[] marks)
    {
        string expected = $"a filter with {string.Join(" or ", marks)} in it, such as \"(uid={marks[0]})\"";
        if (reader.Take("filter") is not { } node || reader.Context.Values.Text(node, expected) is not { } text) return null;
        if (!Array.Exists(marks, mark => text.Contains(mark, StringComparison.Ordinal))) reader.Context.Values.Expect(node, expected);
        else if (LdapFilter.Problem(marks.Aggregate(text, (filled, mark) => filled.Replace(mark, "x", StringComparison.Ordinal))) is { } problem)
            reader.Context.Errors.Add(node.Place, $"{ErrorText.Quote(text)} is no filter: {problem}");
        else return text;
        return null;
    }

    private static LdapGroupsConfig? ReadGroups(MapReader reader)
    {
        if (reader.Map("groups", "auth.ldap.groups") is not { } groups) return null;
        const string Attribute = "the name of an attribute";
        string? attribute = groups.Text("attribute", Attribute), @base = groups.Text("base", "the DN under which groups are searched for");
        string? filter = ReadFilter(groups, [LdapGroupsConfig.DnMark, LdapAuthConfig.UserMark]), name = groups.Text("name", Attribute);
        if (groups.Has("attribute") == groups.Has("base"))
            groups.Context.Errors.Add(groups.Place, "expected either `attribute`, of the user's entry, or `base`, where groups are searched for");
        groups.Finish();
        return new LdapGroupsConfig { Attribute = attribute, Base = @base, Filter = filter ?? "(member={dn})", NameAttribute = name ?? "cn" };
    }

    private static void Add(MapReader reader, string key, string problem) => reader.Context.Errors.Add(reader.Take(key)!.Place, problem);
}
