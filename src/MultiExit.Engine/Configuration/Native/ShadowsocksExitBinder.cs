using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads exits that are Shadowsocks servers.</summary>
internal static class ShadowsocksExitBinder
{
    private const string ExpectedServer = "a host and a port such as \"ss.example:8388\", or a URL such as ss://method:password@ss.example:8388";

    /// <summary>Reads the keys of a shadowsocks exit.</summary>
    /// <returns>Null when something that the exit needs is wrong.</returns>
    public static ExitConfig? Read(MapReader reader, string? name, NameTable names)
    {
        ReadContext context = reader.Context;
        ShadowsocksUrl? url = null;
        Destination? server = reader.Require("server", ExpectedServer) is { } node ? ReadServer(context, node, out url) : null;
        // A URL that is at fault has its error, and would have said both.
        bool isFaultyUrl = server is null && reader.Take("server") is ScalarNode { IsNull: false } text && ShadowsocksUrl.LooksLike(text.Text);
        (string Name, Secret Password)? secret = isFaultyUrl ? null : ShadowsocksBinder.ReadSecret(reader, url);
        reader.Known("method", "password");
        string? via = reader.Text("via", "the name of an exit or group");
        if (via is not null) names.UseExit(name, via, reader.Take("via")!.Place);
        TimeSpan? timeout = reader.Duration(ExitConfig.TimeoutRange);
        int retries = reader.Integer(ExitConfig.RetriesRange) ?? 0;
        if (server is null || secret is not { } known || name is null) return null;
        return new ShadowsocksExitConfig
        {
            Name = name, Server = server, Method = known.Name, Password = known.Password, Via = via, Timeout = timeout, Retries = retries,
        };
    }

    private static Destination? ReadServer(ReadContext context, ConfigNode node, out ShadowsocksUrl? url)
    {
        url = null;
        if (context.Values.Text(node, ExpectedServer) is not { } text) return null;
        if (ShadowsocksUrl.LooksLike(text))
        {
            if (ShadowsocksUrl.Parse(text, out url) is not { } problem) return url!.Server;
            context.Errors.Add(node.Place, $"the URL {problem}");
            return null;
        }
        if (Destination.TryParse(text, -1, out Destination? server) && server.Port > 0) return server;
        // Not quoted: the text may hold a password in the wrong place.
        context.Errors.Add(node.Place, $"expected {ExpectedServer}");
        return null;
    }
}
