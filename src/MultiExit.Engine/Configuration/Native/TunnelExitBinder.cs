using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads exits that are tunnels.</summary>
internal static class TunnelExitBinder
{
    private const string ExpectedServer = "a host, with a port or without (443), such as \"hub.example:443\", or a URL such as tunnel://hub.example:443";
    private const int DefaultPort = 443;

    /// <summary>Reads the keys of a tunnel exit.</summary>
    /// <returns>Null when something that the exit needs is wrong.</returns>
    public static ExitConfig? Read(MapReader reader, string? name, NameTable names)
    {
        ReadContext context = reader.Context;
        // The URL comes first, since its options become keys.
        Destination? server = reader.Require("server", ExpectedServer) is { } node ? ReadServer(reader, node) : null;
        // The server takes any of them; a client has to show one.
        Secret? key = TunnelBinder.ReadKeys(reader) is [var first, ..] ? first : null;
        string? via = reader.Text("via", "the name of an exit or group");
        if (via is not null) names.UseExit(name, via, reader.Take("via")!.Place);
        TunnelExitConfig config = new()
        {
            Name = name ?? "", Server = server!, Key = key!, Via = via,
            ServerNames = ReadServerNames(reader),
            Pins = TlsClientBinder.ReadPins(reader),
            CaFile = reader.Take("ca") is { } ca ? context.ReadableFile(ca) : null,
            Tls = reader.Map("tls", "tls of a tunnel exit") is { } tls ? new TlsClientBinder(context).ReadOwn(tls) : null,
            Ech = EchClientBinder.Read(reader),
            Padding = reader.Flag("padding") ?? false,
            Delay = TunnelBinder.ReadDelay(reader),
            Timeout = reader.Duration(ExitConfig.TimeoutRange),
        };
        config = config with
        {
            Method = reader.Take("method") is { } method ? TunnelBinder.ReadMethod(context, method) ?? config.Method : config.Method,
            Carriers = reader.Integer(TunnelExitConfig.CarriersRange) ?? config.Carriers,
            PingInterval = reader.Duration(WebSocketPing.IntervalRange) ?? config.PingInterval,
            PingTimeout = reader.Duration(WebSocketPing.TimeoutRange) ?? config.PingTimeout,
        };
        RefuseBoth(reader, "pin", "ca");
        if (config.Ech is not null)
        {
            if (config.Tls?.CertificateFile is not null) reader.Context.Errors.Add(reader.Take("tls")!.Place, TlsClientBinder.CertificateBesideEch);
            RefuseBoth(reader, "fake_snis", "ech");
            if (server is not null) EchClientBinder.CheckHiddenName(reader, config.ServerNames.Count > 0 ? config.ServerNames[0] : server.Host, "sni");
        }
        return server is null || key is null ? null : config;
    }

    private static IReadOnlyList<string> ReadServerNames(MapReader reader)
    {
        string? sni = reader.Text("sni", "a host name");
        bool good = sni is not null && ServerNames.Check(reader.Context.Errors, reader.Take("sni")!.Place, sni);
        IReadOnlyList<string> several = reader.Take("fake_snis") is { } node ? ServerNames.Read(reader.Context, node) : [];
        RefuseBoth(reader, "sni", "fake_snis");
        return good ? [sni!] : several;
    }

    private static void RefuseBoth(MapReader reader, string first, string second)
    {
        if (reader.Take(first) is not null && reader.Take(second) is { } node)
            reader.Context.Errors.Add(node.Place, $"`{second}` beside `{first}`; expected one or the other");
    }

    private static Destination? ReadServer(MapReader reader, ConfigNode node)
    {
        ErrorList errors = reader.Context.Errors;
        if (reader.Context.Values.Text(node, ExpectedServer) is not { } text) return null;
        if (EndpointUrl.LooksLike(text))
        {
            string? problem = EndpointUrl.Parse(text, out EndpointUrl? url);
            problem ??= reader.Context.Schema.SchemeOf(url!)?.Type != "tunnel" ? "has a scheme that is not for a tunnel exit; expected tunnel://"
                : url!.User is not null ? TunnelUrl.UserProblem
                : url.Path is not ("" or "/") ? "has a path; expected tunnel://host:port" : null;
            if (problem is not null)
            {
                errors.Add(node.Place, $"the URL {problem}");
                return null;
            }
            foreach (MapEntry entry in TunnelUrl.Options(url!, node.Place, errors))
            {
                if (reader.Has(entry.Key)) errors.Add(entry.KeyPlace, $"the option says the same as the key `{entry.Key}`; expected one of them");
                else reader.Add(entry);
            }
            text = url!.Authority;
        }
        if (Destination.TryParse(text, DefaultPort, out Destination? server) && server.Port > 0) return server;
        // Not quoted: the text may hold a key in the wrong place.
        errors.Add(node.Place, $"expected {ExpectedServer}");
        return null;
    }
}
