using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the keys that socks5 and mixed inbounds have.</summary>
internal static class Socks5InboundBinder
{
    /// <summary>Reads a socks5 inbound.</summary>
    public static InboundConfig Read(MapReader reader, string name, IPEndPoint listen) =>
        new Socks5InboundConfig { Name = name, Listen = listen, Socks5 = ReadOptions(reader) };

    /// <summary>Reads what is offered beside CONNECT.</summary>
    public static Socks5Options ReadOptions(MapReader reader)
    {
        Socks5Options defaults = new();
        return new()
        {
            Udp = reader.Flag("udp") ?? defaults.Udp,
            UdpAddress = AddressBinder.Read(reader, "udp_address"),
            UdpIdleTimeout = reader.Duration(Socks5Options.UdpIdleTimeoutRange) ?? defaults.UdpIdleTimeout,
            UdpPerUser = reader.Integer(Socks5Options.UdpPerUserRange) ?? defaults.UdpPerUser,
            UdpTotal = reader.Integer(Socks5Options.UdpTotalRange) ?? defaults.UdpTotal,
            Bind = reader.Flag("bind") ?? defaults.Bind,
            BindTimeout = reader.Duration(Socks5Options.BindTimeoutRange) ?? defaults.BindTimeout,
            Socks4 = reader.Flag("socks4") ?? defaults.Socks4,
        };
    }
}
