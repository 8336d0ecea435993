using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A target on loopback that sends its input back, end of direction included.</summary>
internal sealed class EchoTarget(IPAddress? address = null) : LoopbackTarget(address ?? IPAddress.Loopback, EchoAsync)
{
    private static async Task EchoAsync(SocketStream connection)
    {
        await connection.CopyToAsync(connection);
        await connection.CompleteWritesAsync(default);
    }
}
