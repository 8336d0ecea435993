using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section <c>dashboard</c>.</summary>
internal static class DashboardBinder
{
    private const int MaxToken = 4096;
    private const string Host = "a name or address without port, such as dash.example";

    /// <summary>Reads it.</summary>
    /// <param name="root">The document.</param>
    /// <param name="listeners">The other listeners, with which its own must not collide.</param>
    public static DashboardConfig? Read(MapReader root, ListenTable listeners)
    {
        if (root.Map("dashboard", "dashboard", mayBeSecret: true) is not { } reader) return null;
        IPEndPoint? listen = listeners.Read(reader, reader.Require("listen", "an address and a port such as \"127.0.0.1:9465\""));
        Secret? token = reader.Take("token") is { } node ? reader.Context.Secrets.Read(node, MaxToken) : null;
        Secret? readToken = reader.Take("read_token") is { } second ? reader.Context.Secrets.Read(second, MaxToken) : null;
        List<DashboardUser> users = ReadUsers(reader);
        IReadOnlyList<string> hosts = ReadHosts(reader);
        TlsServerConfig? tls = TlsServerBinder.Read(reader);
        // What is there and faulty has its error already.
        bool whole = (token is not null || !reader.Has("token")) && (readToken is not null || !reader.Has("read_token"))
            && (users.Count > 0 || !reader.Has("users"));
        reader.Finish();
        if (listen is null) return null;
        DashboardConfig dashboard = new(listen) { Token = token, ReadToken = readToken, Users = users, Hosts = hosts, Tls = tls };
        if (whole && dashboard.Contradiction is { } problem) reader.Context.Errors.Add(reader.Place, problem);
        return dashboard;
    }

    private static List<DashboardUser> ReadUsers(MapReader dashboard)
    {
        List<DashboardUser> users = [];
        foreach (MapReader reader in dashboard.Maps("users", "a user"))
        {
            string? name = reader.Require("name", "a name") is { } node ? ReadName(reader, node) : null;
            bool hasPassword = reader.Has("password_hash") || reader.Require("password", "a secret, or `password_hash`") is not null;
            UserConfig login = UserBinder.ReadPassword(reader, name ?? "");
            string? role = reader.Choice("role", "reader", "operator");
            reader.Finish();
            if (name is null || !hasPassword || !login.HasPassword) continue;
            users.Add(new(name, login.Password, role == "operator" ? DashboardRole.Operator : DashboardRole.Reader, login.PasswordHash));
        }
        return users;
    }

    private static string? ReadName(MapReader reader, ConfigNode node)
    {
        if (reader.Context.Values.Text(node, "a name") is not { } name) return null;
        if (UserBinder.IsName(name, forHttp: false)) return name;
        reader.Context.Errors.Add(node.Place, "a user's name has 1 to 255 octets and no control characters");
        return null;
    }

    private static List<string> ReadHosts(MapReader reader)
    {
        List<string> hosts = [];
        if (reader.Take("hosts") is not { } node) return hosts;
        foreach (ConfigNode item in reader.Context.Values.Values(node, "a list of names that is not empty"))
        {
            if (reader.Context.Values.Text(item, Host) is not { } text) continue;
            if (IPAddress.TryParse(text, out IPAddress? address)) hosts.Add(address.ToString());
            else if (HostName.TryNormalize(text, out string? name) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')) hosts.Add(name);
            else reader.Context.Errors.Add(item.Place, $"{ErrorText.Quote(text)} is no host; expected {Host}");
        }
        return hosts;
    }
}
