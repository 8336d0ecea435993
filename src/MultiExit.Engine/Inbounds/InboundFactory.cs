using MultiExit.Engine.Configuration;
using MultiExit.Engine.Inbounds.Socks5;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds;

/// <summary>Builds the inbound of a configuration record.</summary>
internal static class InboundFactory
{
    public static IInbound Create(InboundConfig config, ITransport transport, TimeProvider time) => config switch
    {
        Socks5InboundConfig socks5 => Socks5(socks5.Socks5, new UserTable(socks5.Users), transport, time),
        MixedInboundConfig mixed => Socks5(mixed.Socks5, new UserTable(mixed.Users), transport, time),
        _ => throw new ProxyException(ProxyError.InvalidConfiguration,
            $"inbound {config.Name}: the type {config.Type} is not yet available in this build"),
    };

    private static Socks5Inbound Socks5(Socks5Options options, UserTable users, ITransport transport, TimeProvider time) =>
        new(options, users, transport, time);
}
