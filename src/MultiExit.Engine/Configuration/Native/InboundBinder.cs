using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads one inbound.</summary>
internal sealed class InboundBinder(NameTable names, ListenTable listeners)
{
    private static readonly string[] Types = ["socks5", "http", "mixed", "forward", "tunnel", "websocket", "ech-tunnel"];

    /// <summary>Reads an inbound.</summary>
    /// <returns>Null when something that it cannot do without is wrong.</returns>
    public InboundConfig? Read(MapReader reader)
    {
        ReadContext context = reader.Context;
        string? name = NameBinder.Read(reader);
        if (name is not null) names.DeclareInbound(name, reader.Take("name")!.Place);
        ConfigNode? typeNode = reader.Require("type", ErrorText.OneOf(Types));
        string? type = typeNode is null ? null : context.Values.Choice(typeNode, Types);
        if (type is null) return null;
        IPEndPoint? listen = ReadListen(reader);
        TlsServerConfig? tls = TlsServerBinder.Read(reader);
        bool? allowed = reader.Choice("private_destinations", "allow", "refuse") is { } word ? word == "allow" : null;
        if (type != "ech-tunnel") reader.NotYet("allow");
        InboundConfig? inbound = ReadTyped(reader, type, name ?? "", listen ?? new(IPAddress.Loopback, 0));
        reader.Finish();
        return inbound is null || name is null || listen is null ? null : inbound with { Tls = tls, PrivateDestinationsAllowed = allowed };
    }

    private InboundConfig? ReadTyped(MapReader reader, string type, string name, IPEndPoint listen)
    {
        if (type == "forward")
            return ReadTarget(reader) is { } target ? new ForwardInboundConfig { Name = name, Listen = listen, Target = target } : null;
        if (type == "tunnel") return TunnelInboundBinder.Read(reader, name, listen);
        if (type == "ech-tunnel") return EchTunnelInboundBinder.Read(reader, name, listen);
        IReadOnlyList<UserConfig> users = UserBinder.Read(reader, forHttp: type is "http" or "mixed");
        if (name.Length > 0) names.DeclareUsers(name, users.Select(user => user.Name));
        if (type == "websocket") return WebSocketBinder.ReadInbound(reader, new WebSocketInboundConfig { Name = name, Listen = listen, Users = users });
        Socks5Options socks5 = type == "http" ? new() : ReadSocks5(reader);
        HttpOptions http = type == "socks5" ? new() : ReadHttp(reader);
        return type switch
        {
            "socks5" => new Socks5InboundConfig { Name = name, Listen = listen, Users = users, Socks5 = socks5 },
            "http" => new HttpInboundConfig { Name = name, Listen = listen, Users = users, Http = http },
            _ => new MixedInboundConfig { Name = name, Listen = listen, Users = users, Socks5 = socks5, Http = http },
        };
    }

    private IPEndPoint? ReadListen(MapReader reader)
    {
        ConfigNode? node = reader.Require("listen", ListenText.Expected);
        string? text = node is null ? null : reader.Context.Values.Text(node, ListenText.Expected);
        if (text is null) return null;
        if (ListenText.Parse(text, out IPEndPoint? endPoint) is { } problem)
        {
            reader.Context.Errors.Add(node!.Place, $"\"{ShownUrl.Of(text)}\" {problem}");
            return null;
        }
        listeners.Add(endPoint!, node!.Place);
        return endPoint;
    }

    private static Destination? ReadTarget(MapReader reader)
    {
        const string Expected = "a host and a port such as \"example.com:80\"";
        ConfigNode? node = reader.Require("target", Expected);
        if (node is ListNode)
        {
            reader.Context.Errors.AddNotYet(node.Place, "several targets; write one inbound for each");
            return null;
        }
        string? text = node is null ? null : reader.Context.Values.Text(node, Expected);
        if (text is null) return null;
        if (Destination.TryParse(text, -1, out Destination? target) && target.Port > 0) return target;
        reader.Context.Errors.Add(node!.Place, $"expected {Expected}, found \"{ShownUrl.Of(text)}\"");
        return null;
    }

    private static Socks5Options ReadSocks5(MapReader reader)
    {
        Socks5Options defaults = new();
        return new()
        {
            Udp = reader.Flag("udp") ?? defaults.Udp,
            UdpAddress = AddressBinder.Read(reader, "udp_address"),
            UdpIdleTimeout = reader.Duration("udp_idle_timeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)) ?? defaults.UdpIdleTimeout,
            UdpPerUser = reader.Integer("udp_per_user", 1, 65535) ?? defaults.UdpPerUser,
            UdpTotal = reader.Integer("udp_total", 1, 1_000_000) ?? defaults.UdpTotal,
            Bind = reader.Flag("bind") ?? defaults.Bind,
            BindTimeout = reader.Duration("bind_timeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)) ?? defaults.BindTimeout,
        };
    }

    // Fields that the proxy itself reads or writes cannot be given away.
    private static string? ReadSessionHeader(MapReader reader)
    {
        const string Expected = "the name of a request field, such as X-Session";
        if (reader.Text("session_header", Expected) is not { } name) return null;
        if (HttpSessionHeader.IsUsable(name)) return name;
        reader.Context.Errors.Add(reader.Take("session_header")!.Place, $"{ErrorText.Quote(name)} cannot be used; expected {Expected}");
        return null;
    }

    private static HttpOptions ReadHttp(MapReader reader)
    {
        HttpOptions defaults = new();
        HttpOptions options = new()
        {
            MaxLine = reader.Size("max_line", 256, 1 << 20) ?? defaults.MaxLine,
            MaxHead = reader.Size("max_head", 1024, 16 << 20) ?? defaults.MaxHead,
            MaxFields = reader.Integer("max_fields", 8, 10_000) ?? defaults.MaxFields,
            HeadTimeout = reader.Duration("head_timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)) ?? defaults.HeadTimeout,
            SessionHeader = ReadSessionHeader(reader),
        };
        if (options.MaxLine > options.MaxHead && (reader.Take("max_line") ?? reader.Take("max_head")) is { } node)
        {
            reader.Context.Errors.Add(node.Place,
                $"max_line ({SizeText.Format(options.MaxLine)}) is more than max_head ({SizeText.Format(options.MaxHead)}); expected at most that");
        }
        return options;
    }
}
