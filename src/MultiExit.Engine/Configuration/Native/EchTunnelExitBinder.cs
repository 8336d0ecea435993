using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads exits that are ECH tunnels.</summary>
internal static class EchTunnelExitBinder
{
    private const string ExpectedServer = "a URL such as wss://tunnel.example:8443/tunnel";
    private const int DefaultPort = 80;
    private const int DefaultTlsPort = 443;

    /// <summary>Reads the keys of an ech-tunnel exit.</summary>
    /// <returns>Null when something that the exit needs is wrong.</returns>
    public static ExitConfig? Read(MapReader reader, string? name, NameTable names)
    {
        EndpointUrl? url = null;
        Destination? server = reader.Require("server", ExpectedServer) is { } node ? ReadServer(reader.Context, node, out url) : null;
        TlsClientConfig? tls = new TlsClientBinder(reader.Context).Read(reader, url, IsTls(url));
        string? via = reader.Text("via", "the name of an exit or group");
        if (via is not null) names.UseExit(name, via, reader.Take("via")!.Place);
        EchTunnelExitConfig config = new()
        {
            Name = name ?? "", Server = server!, Via = via,
            Path = url is null || url.Path.Length == 0 ? "/" : url.Path,
            Tls = tls is null ? null : tls with { OnlyTls13 = true },
            Token = EchTunnelBinder.ReadTokens(reader) is [var token, ..] ? token : null,
            Addresses = ReadAddresses(reader),
            PlainOnly = reader.Choice("format", "auto", "plain") == "plain",
            Timeout = reader.Duration(ExitConfig.TimeoutRange),
        };
        config = config with
        {
            Carriers = reader.Integer(EchTunnelExitConfig.CarriersRange) ?? config.Carriers,
            PingInterval = reader.Duration(WebSocketPing.IntervalRange) ?? config.PingInterval,
            PingTimeout = reader.Duration(WebSocketPing.TimeoutRange) ?? config.PingTimeout,
        };
        if (config.Contradiction is { } problem) reader.Context.Errors.Add(reader.Take("addresses")!.Place, problem);
        return server is null ? null : config with { Tls = ReadEch(reader, config.Tls, server) };
    }

    private static TlsClientConfig? ReadEch(MapReader reader, TlsClientConfig? tls, Destination server)
    {
        if (EchClientBinder.Read(reader) is not { } ech) return tls;
        if (tls is null) reader.Context.Errors.Add(reader.Take("ech")!.Place, "ECH is part of TLS; expected wss:// in `server`");
        else if (tls.Ech is not null) reader.Context.Errors.Add(reader.Take("ech")!.Place, "`ech` beside `tls.ech`; expected one of them");
        else EchClientBinder.CheckHiddenName(reader, tls.ServerName ?? server.Host, "tls.sni");
        return tls is null ? null : tls with { Ech = ech };
    }

    private static bool IsTls(EndpointUrl? url) => url is not null && url.Scheme != "ws";

    private static Destination? ReadServer(ReadContext context, ConfigNode node, out EndpointUrl? url)
    {
        url = null;
        if (context.Values.Text(node, ExpectedServer) is not { } text) return null;
        string? problem = EndpointUrl.Parse(text, out EndpointUrl? parsed);
        problem ??= context.Schema.SchemeOf(parsed!, isEchTunnel: true)?.Type != "ech-tunnel"
            ? "has a scheme that is not for an ech-tunnel exit; expected wss:// or ws://"
            : parsed!.User is not null ? "has a user; an ECH tunnel has none, but a token"
            : parsed.Path.Length > 0 ? EchTunnelBinder.PathProblem(parsed.Path) : null;
        Destination? server = null;
        if (problem is null && (!Destination.TryParse(parsed!.Authority, IsTls(parsed) ? DefaultTlsPort : DefaultPort, out server) || server.Port == 0))
            problem = $"has no host and port; expected {ExpectedServer}";
        if (problem is null)
        {
            url = parsed;
            return server;
        }
        context.Errors.Add(node.Place, $"the URL {problem}");
        return null;
    }

    private static List<IPAddress> ReadAddresses(MapReader reader)
    {
        const string Expected = "an IP address of the server";
        List<IPAddress> addresses = [];
        if (reader.Take("addresses") is not { } node) return addresses;
        foreach (ConfigNode item in reader.Context.Values.Values(node, "a list of addresses that is not empty"))
        {
            if (reader.Context.Values.Text(item, Expected) is not { } text) continue;
            if (!AddressText.TryParse(text, out IPAddress? address)) reader.Context.Values.Expect(item, Expected);
            else if (addresses.Contains(address)) reader.Context.Errors.Add(item.Place, $"{address} stands in the list twice; expected it once");
            else addresses.Add(address);
        }
        return addresses;
    }
}
