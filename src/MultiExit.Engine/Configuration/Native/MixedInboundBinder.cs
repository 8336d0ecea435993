using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads a mixed inbound, which has the keys of both its protocols.</summary>
internal static class MixedInboundBinder
{
    /// <summary>Reads it.</summary>
    public static InboundConfig Read(MapReader reader, string name, IPEndPoint listen) => new MixedInboundConfig
    {
        Name = name, Listen = listen,
        Socks5 = Socks5InboundBinder.ReadOptions(reader), Http = HttpInboundBinder.ReadOptions(reader),
    };
}
