using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads a websocket inbound.</summary>
internal static class WebSocketInboundBinder
{
    /// <summary>Reads it.</summary>
    public static InboundConfig Read(MapReader reader, string name, IPEndPoint listen) => new WebSocketInboundConfig
    {
        Name = name, Listen = listen, Ping = WebSocketBinder.ReadPing(reader),
        TrueAnswers = reader.Flag("true_answers") ?? false,
        Origins = OriginBinder.Read(reader),
    };
}
