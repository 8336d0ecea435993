using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Native;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits.EchTunnel;
using MultiExit.Engine.Exits.Http;
using MultiExit.Engine.Exits.Lightsocks;
using MultiExit.Engine.Exits.Shadowsocks;
using MultiExit.Engine.Exits.Socks4;
using MultiExit.Engine.Exits.Socks5;
using MultiExit.Engine.Exits.Tunnel;
using MultiExit.Engine.Exits.WebSocket;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Inbounds.EchTunnel;
using MultiExit.Engine.Inbounds.Http;
using MultiExit.Engine.Inbounds.Lightsocks;
using MultiExit.Engine.Inbounds.Shadowsocks;
using MultiExit.Engine.Inbounds.Socks4;
using MultiExit.Engine.Inbounds.Socks5;
using MultiExit.Engine.Inbounds.Transparent;
using MultiExit.Engine.Inbounds.Tunnel;
using MultiExit.Engine.Inbounds.WebSocket;
using MultiExit.Engine.Protocols.Lightsocks;

namespace MultiExit.Engine.Server;

/// <summary>All protocols: how documents name them, and the objects that are built of their records. A protocol has a line in each list of the
/// schema and of this table that it has a side in; capabilities are members of its record.</summary>
/// <param name="Schema">The half that reads documents.</param>
/// <param name="Inbounds">How inbounds are built of their records.</param>
/// <param name="Exits">How exits are built of their records.</param>
internal sealed record ProtocolTable(ConfigSchema Schema, IReadOnlyList<InboundMaker> Inbounds, IReadOnlyList<ExitMaker> Exits)
{
    /// <summary>The protocols of this build.</summary>
    public static ProtocolTable Product { get; } = new(
        ConfigSchema.Product,
        [
            InboundMaker.For<Socks5InboundConfig>((config, parts) => Socks5(config.Socks5, parts.States.Users.Of(config), parts)),
            InboundMaker.For<HttpInboundConfig>((config, parts) => Http(config.Http, parts.States.Users.Of(config), parts)),
            InboundMaker.For<MixedInboundConfig>((config, parts) => Mixed(config, parts.States.Users.Of(config), parts)),
            InboundMaker.For<WebSocketInboundConfig>(
                (config, parts) => new WebSocketInbound(config.Ping, parts.States.Users.Of(config), config.TrueAnswers, parts.Time)
                {
                    Origins = config.Origins,
                }),
            InboundMaker.For<ForwardInboundConfig>((config, parts) =>
                new ForwardInbound(config, parts.States.Users.Of(config), parts.Associations, parts.Time)),
            InboundMaker.For<TransparentInboundConfig>(
                (config, parts) => new TransparentInbound(
                    config, parts.States.Users.Of(config), parts.Associations, parts.Transport, parts.Time, parts.Log)),
            InboundMaker.For<TunnelInboundConfig>(
                (config, parts) => new TunnelInbound(config, parts.Limits, parts.Memory, parts.Time, parts.Log, parts.Counters, parts.States)),
            InboundMaker.For<EchTunnelInboundConfig>(
                (config, parts) => new EchTunnelInbound(config, parts.Limits.SessionMemory, parts.Memory, parts.Time, parts.Log, parts.States)),
            InboundMaker.For<LightsocksInboundConfig>(Lightsocks),
            InboundMaker.For<ShadowsocksInboundConfig>(
                (config, parts) => new ShadowsocksInbound(config, parts.States, parts.Associations, parts.Counters, parts.Log, parts.Time)),
        ],
        [
            ExitMaker.For<DirectExitConfig>((config, factory) => factory.Direct(config)),
            ExitMaker.For<Socks5ExitConfig>(
                (config, factory) => new Socks5Exit(config, factory.Via(config), factory.Tls(config), factory.ConnectTimeout, factory.Time)),
            ExitMaker.For<HttpExitConfig>(
                (config, factory) => new HttpExit(config, factory.Via(config), factory.Tls(config), factory.ConnectTimeout, factory.Time)),
            ExitMaker.For<WebSocketExitConfig>(
                (config, factory) => new WebSocketExit(config, factory.Via(config), factory.Tls(config), factory.ConnectTimeout, factory.Time)),
            ExitMaker.For<TunnelExitConfig>(Tunnel),
            ExitMaker.For<EchTunnelExitConfig>(EchTunnel),
            ExitMaker.For<ShadowsocksExitConfig>(
                (config, factory) => new ShadowsocksExit(config, factory.Via(config.Via, config.Name), factory.ConnectTimeout, factory.Time)),
            ExitMaker.For<LightsocksExitConfig>((config, factory) => new LightsocksExit(
                config, TableOf(config.Password, $"exit {config.Name}"), factory.Via(config.Via, config.Name), factory.ConnectTimeout, factory.Time)),
            ExitMaker.For<Socks4ExitConfig>(
                (config, factory) => new Socks4Exit(
                    config, factory.Via(config), factory.Tls(config), factory.Resolver, factory.ConnectTimeout, factory.Time)),
        ]);

    /// <summary>Builds the inbound of a record.</summary>
    /// <exception cref="ProxyException">The record is of a type that the table does not have.</exception>
    public IInbound Create(InboundConfig config, InboundParts parts) =>
        (Inbounds.FirstOrDefault(line => line.Record == config.GetType()) ?? throw Unknown($"inbound {config.Name}", config.Type)).Create(config, parts);

    /// <summary>Builds the exit of a record.</summary>
    /// <exception cref="ProxyException">The record is of a type that the table does not have, or cannot be built.</exception>
    public IExit Create(ExitConfig config, ExitFactory factory) =>
        (Exits.FirstOrDefault(line => line.Record == config.GetType()) ?? throw Unknown($"exit {config.Name}", config.Type)).Create(config, factory);

    private static ProxyException Unknown(string what, string type) =>
        new(ProxyError.InvalidConfiguration, $"{what}: this server has no protocol of the type {type}");

    private static MixedInbound Mixed(MixedInboundConfig config, UsersInForce users, InboundParts parts) =>
        new(Socks5(config.Socks5, users, parts), Http(config.Http, users, parts));

    private static HttpInbound Http(HttpOptions options, UsersInForce users, InboundParts parts) =>
        new(options, users, parts.Time) { Log = parts.Log, Stopping = parts.Stopping };

    private static Socks5Inbound Socks5(Socks5Options options, UsersInForce users, InboundParts parts) =>
        new(options, users, parts.Transport, parts.Time, parts.Associations, parts.Log)
        {
            Socks4 = options.Socks4 ? new Socks4Inbound(users, parts.Time) : null,
        };

    // No datagrams, and no ports that are opened: they would go past the substitution.
    private static LightsocksInbound Lightsocks(LightsocksInboundConfig config, InboundParts parts) =>
        new(TableOf(config.Password, $"inbound {config.Name}"),
            new Socks5Inbound(new Socks5Options { Udp = false }, parts.States.Users.Of(config), parts.Transport, parts.Time,
                parts.Associations, parts.Log) { Protocol = config.Type });

    private static LightsocksTable TableOf(Secret password, string what) => LightsocksTable.TryRead(password.Reveal(), out LightsocksTable? table)
        ? table : throw new ProxyException(ProxyError.InvalidConfiguration, $"{what}: the password is none of Lightsocks");

    private static TunnelExit Tunnel(TunnelExitConfig config, ExitFactory factory)
    {
        string? shown = config.ServerNames.Count > 0 ? config.ServerNames[0] : null;
        TunnelConnector connector = new(
            config, factory.Via(config.Via, config.Name), factory.SessionMemory, factory.ConnectTimeout, factory.Time,
            factory.EchConfigs(config.Ech, shown, config.Server), factory.Authenticated, factory.Memory)
        {
            Warn = reason => factory.Log?.ExitSessionEnded(config.Name, reason),
        };
        factory.Watch(connector.Tls);
        return new TunnelExit(config, connector, factory.ConnectTimeout, factory.Time, factory.CarriersOf(config));
    }

    private static EchTunnelExit EchTunnel(EchTunnelExitConfig config, ExitFactory factory)
    {
        EchTunnelConnector connector = new(
            config, factory.Via(config.Via, config.Name), factory.Tls(config.Tls, config.Server), factory.SessionMemory,
            config.Timeout ?? factory.ConnectTimeout, factory.Time, reason => factory.Log?.ExitSessionEnded(config.Name, reason), factory.Memory);
        return new EchTunnelExit(config, connector, factory.ConnectTimeout, factory.Time, factory.CarriersOf(config));
    }
}
