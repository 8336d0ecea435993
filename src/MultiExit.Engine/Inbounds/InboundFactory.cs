using MultiExit.Engine.Configuration;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Inbounds.EchTunnel;
using MultiExit.Engine.Inbounds.Http;
using MultiExit.Engine.Inbounds.Socks5;
using MultiExit.Engine.Inbounds.Tunnel;
using MultiExit.Engine.Inbounds.WebSocket;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds;

/// <summary>Builds the inbound of a configuration record.</summary>
internal static class InboundFactory
{
    /// <param name="config">The inbound.</param>
    /// <param name="limits">The limits of the server.</param>
    /// <param name="transport">Opens the sockets that protocols need beside their connections.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The log.</param>
    /// <param name="counters">The server's counters.</param>
    /// <param name="replays">The handshakes that tunnel inbounds have seen; a reload must not forget them.</param>
    public static IInbound Create(
        InboundConfig config, LimitsConfig limits, ITransport transport, TimeProvider time, EngineLog log, ServerCounters counters,
        ReplayCache replays) => config switch
    {
        TunnelInboundConfig tunnel => new TunnelInbound(tunnel, limits, time, log, counters, replays),
        EchTunnelInboundConfig ech => new EchTunnelInbound(ech, limits.SessionMemory, time, log),
        Socks5InboundConfig socks5 => Socks5(socks5.Socks5, new UserTable(socks5.Users), transport, time),
        HttpInboundConfig http => Http(http.Http, new UserTable(http.Users), time),
        MixedInboundConfig mixed => Mixed(mixed, new UserTable(mixed.Users), transport, time),
        WebSocketInboundConfig socket => new WebSocketInbound(socket.Ping, new UserTable(socket.Users), time),
        ForwardInboundConfig forward => new ForwardInbound(forward.Target),
        _ => throw new ProxyException(ProxyError.InvalidConfiguration,
            $"inbound {config.Name}: the type {config.Type} is not yet available in this build"),
    };

    private static MixedInbound Mixed(MixedInboundConfig config, UserTable users, ITransport transport, TimeProvider time) =>
        new(Socks5(config.Socks5, users, transport, time), Http(config.Http, users, time));

    private static Socks5Inbound Socks5(Socks5Options options, UserTable users, ITransport transport, TimeProvider time) =>
        new(options, users, transport, time);

    private static HttpInbound Http(HttpOptions options, UserTable users, TimeProvider time) => new(options, users, time);
}
