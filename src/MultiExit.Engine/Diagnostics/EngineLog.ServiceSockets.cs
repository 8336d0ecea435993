using System.Net;

namespace MultiExit.Engine.Diagnostics;

/// <content>Sockets that the service manager gives and keeps.</content>
internal sealed partial class EngineLog
{
    public void SocketUnused(IPEndPoint endPoint) => Main.Warning(
        "MX1135 the socket unit of this service listens on {EndPoint}, and no inbound does: whoever connects there waits in vain", endPoint);

    public void SocketsNotKept(string reason) =>
        Main.Warning("MX1136 not all sockets can be kept over a restart: {Reason}", LogText.Clean(reason));
}
