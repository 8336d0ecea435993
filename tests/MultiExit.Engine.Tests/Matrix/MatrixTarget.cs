using System.Net;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Matrix;

/// <summary>The target, on loopback of both families: it gets a number of bytes, sends and receives as many at the same time, and ends with the
/// SHA-256 of the bytes it received up to the end of that direction.</summary>
internal sealed class MatrixTarget() : LoopbackTarget(IPAddress.IPv6Any, ExchangeAsync)
{
    public int Port => EndPoint.Port;

    private static async Task ExchangeAsync(SocketStream connection)
    {
        byte[] size = new byte[1];
        await connection.ReadExactlyAsync(size);
        Task sending = MatrixData.SendDownAsync(connection, size[0]);
        byte[] hash = await MatrixData.HashAsync(connection, long.MaxValue);
        await sending;
        await connection.WriteAsync(hash);
        await connection.CompleteWritesAsync(default);
        await LingeringClose.RunAsync(connection, TimeProvider.System, default);
    }
}
