using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Inbounds.EchTunnel;
using MultiExit.Engine.Inbounds.Http;
using MultiExit.Engine.Inbounds.Socks5;
using MultiExit.Engine.Inbounds.Tunnel;
using MultiExit.Engine.Inbounds.WebSocket;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <summary>Builds the inbound of a configuration record.</summary>
internal static class InboundFactory
{
    /// <param name="config">The inbound.</param>
    /// <param name="limits">The limits of the server.</param>
    /// <param name="transport">Opens the sockets that protocols need beside their connections.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The log.</param>
    /// <param name="counters">The server's counters.</param>
    /// <param name="states">What inbounds knew before a reload.</param>
    public static IInbound Create(
        InboundConfig config, LimitsConfig limits, ITransport transport, TimeProvider time, EngineLog log, ServerCounters counters,
        InboundStates states) => config switch
    {
        TunnelInboundConfig tunnel => new TunnelInbound(tunnel, limits, time, log, counters, states),
        EchTunnelInboundConfig ech => new EchTunnelInbound(ech, limits.SessionMemory, time, log, states),
        Socks5InboundConfig socks5 => Socks5(socks5.Socks5, new UserTable(socks5.Users), transport, time, log, states),
        HttpInboundConfig http => Http(http.Http, new UserTable(http.Users), time),
        MixedInboundConfig mixed => Mixed(mixed, new UserTable(mixed.Users), transport, time, log, states),
        WebSocketInboundConfig socket => new WebSocketInbound(socket.Ping, new UserTable(socket.Users), time),
        ForwardInboundConfig forward => new ForwardInbound(forward.Target),
        _ => throw new ProxyException(ProxyError.InvalidConfiguration,
            $"inbound {config.Name}: the type {config.Type} is not yet available in this build"),
    };

    private static MixedInbound Mixed(MixedInboundConfig config, UserTable users, ITransport transport, TimeProvider time, EngineLog log, InboundStates states) =>
        new(Socks5(config.Socks5, users, transport, time, log, states), Http(config.Http, users, time));

    private static Socks5Inbound Socks5(Socks5Options options, UserTable users, ITransport transport, TimeProvider time, EngineLog log, InboundStates states) =>
        new(options, users, transport, time, states.Associations, log);

    private static HttpInbound Http(HttpOptions options, UserTable users, TimeProvider time) => new(options, users, time);
}
