using System.Net;
using MultiExit.Engine.Configuration.Native;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Server;

namespace MultiExit.Engine.Tests.SampleProtocol;

/// <summary>The lines of a protocol that is not the product's. Its inbound takes connections and datagrams whose first line is the destination,
/// <c>host:port</c>; its exit reaches nothing, and sends everything back in capitals.</summary>
internal static class ShoutProtocol
{
    /// <summary>The product's protocols and this one.</summary>
    public static ProtocolTable Table { get; } = new(
        new ConfigSchema(
            [.. ConfigSchema.Product.Inbounds, new("shout", typeof(ShoutInboundConfig), ReadInbound)],
            [.. ConfigSchema.Product.Exits, new("shout", typeof(ShoutExitConfig), ReadExit)]),
        [.. ProtocolTable.Product.Inbounds, InboundMaker.For<ShoutInboundConfig>((config, _) => new ShoutInbound(config))],
        [.. ProtocolTable.Product.Exits, ExitMaker.For<ShoutExitConfig>((config, _) => new ShoutExit(config))]);

    private static ShoutInboundConfig ReadInbound(MapReader reader, string name, IPEndPoint listen)
    {
        ShoutInboundConfig config = new() { Name = name, Listen = listen };
        return config with { Greeting = reader.Text("greeting") ?? config.Greeting, Udp = reader.Flag("udp") ?? config.Udp };
    }

    private static ShoutExitConfig ReadExit(MapReader reader, string? name, NameTable names) =>
        new() { Name = name ?? "", Suffix = reader.Text("suffix") ?? "" };
}
