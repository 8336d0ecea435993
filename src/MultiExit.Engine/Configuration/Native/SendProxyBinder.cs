using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads <c>send_proxy</c> of an exit.</summary>
internal static class SendProxyBinder
{
    public static SendProxy Read(MapReader reader) => reader.Choice("send_proxy", "v1", "v2") switch
    {
        "v1" => SendProxy.V1,
        "v2" => SendProxy.V2,
        _ => SendProxy.None,
    };
}
