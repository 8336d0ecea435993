using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Lightsocks;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads both sides of Lightsocks.</summary>
internal static class LightsocksBinder
{
    private const string ExpectedServer = "a host and a port such as \"ls.example:7448\", or a URL such as lightsocks://PASSWORD@ls.example:7448";

    /// <summary>Reads a lightsocks inbound.</summary>
    /// <returns>Null when something that the inbound needs is wrong.</returns>
    public static InboundConfig? ReadInbound(MapReader reader, string name, IPEndPoint listen) =>
        reader.Require("password", "a secret") is { } node && ReadPassword(reader.Context, node) is { } password
            ? new LightsocksInboundConfig { Name = name, Listen = listen, Password = password } : null;

    /// <summary>Reads a lightsocks exit.</summary>
    /// <returns>Null when something that the exit needs is wrong.</returns>
    public static ExitConfig? ReadExit(MapReader reader, string? name, NameTable names)
    {
        ReadContext context = reader.Context;
        ConfigNode? node = reader.Require("server", ExpectedServer);
        EndpointUrl? url = null;
        Destination? server = node is null ? null : ReadServer(context, node, out url);
        ConfigNode? given = reader.Take("password");
        if (url is not null && LightsocksUrl.PasswordOf(url) is { } inUrl)
        {
            if (given is not null) context.Errors.Add(given.Place, "the URL in `server` holds a password already; expected one of them");
            given = new ScalarNode(node!.Place, inUrl, IsPlain: false);
        }
        // A URL that is at fault has its error, and may have held the password.
        else if (server is not null || node is null) given ??= reader.Require("password", "a secret");
        Secret? password = given is null ? null : ReadPassword(context, given);
        reader.Known("password");
        string? via = reader.Text("via", "the name of an exit or group");
        if (via is not null) names.UseExit(name, via, reader.Take("via")!.Place);
        TimeSpan? timeout = reader.Duration(ExitConfig.TimeoutRange);
        int retries = reader.Integer(ExitConfig.RetriesRange) ?? 0;
        return server is null || password is null || name is null ? null
            : new LightsocksExitConfig { Name = name, Server = server, Password = password, Via = via, Timeout = timeout, Retries = retries };
    }

    private static Destination? ReadServer(ReadContext context, ConfigNode node, out EndpointUrl? url)
    {
        url = null;
        if (context.Values.Text(node, ExpectedServer) is not { } text) return null;
        if (EndpointUrl.LooksLike(text))
        {
            string? problem = EndpointUrl.Parse(text, out EndpointUrl? parsed);
            problem ??= parsed!.Scheme != LightsocksUrl.Scheme || parsed.Transport is not null ? "has a scheme that is not for a lightsocks exit"
                : parsed.Password is not null ? "has a colon before the @; the password alone stands there"
                : parsed.Path is not ("" or "/") || parsed.Options.Count > 0 ? "has a path or options" : null;
            if (problem is not null)
            {
                context.Errors.Add(node.Place, $"the URL {problem}; expected {LightsocksUrl.Scheme}://PASSWORD@host:port");
                return null;
            }
            url = parsed;
            text = parsed!.Authority;
        }
        if (Destination.TryParse(text, -1, out Destination? server) && server.Port > 0) return server;
        // Not quoted: the text may hold a password in the wrong place.
        context.Errors.Add(node.Place, $"expected {ExpectedServer}");
        return null;
    }

    private static Secret? ReadPassword(ReadContext context, ConfigNode node)
    {
        if (context.Secrets.Read(node, maxLength: 1024) is not { } password) return null;
        // What a reference leads to was not looked at.
        if ((context.IsTextOnly && node is not ScalarNode) || LightsocksTable.TryRead(password.Reveal(), out _)) return password;
        context.Errors.Add(node.Place, $"is no password of Lightsocks; {LightsocksTable.Expected} (New-MxKey -Type Lightsocks makes one)");
        return null;
    }
}
