using System.Net;
using MultiExit.Engine.Transport;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Tests.Support;

/// <summary>The transports that this system has, as test data: every socket test runs on each.</summary>
public static class TestTransports
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<TransportKind> All =>
        ReactorTransport.IsSupported ? [TransportKind.Portable, TransportKind.Reactor] : [TransportKind.Portable];

    /// <summary>Two connected sockets on loopback.</summary>
    internal static async Task<(SocketStream Left, SocketStream Right)> ConnectAsync(ITransport transport, IPAddress? address = null)
    {
        using ISocketListener listener = transport.Listen(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        Task<SocketStream?> accepting = listener.AcceptAsync().AsTask();
        SocketStream left = await transport.ConnectAsync(listener.LocalEndPoint, default, default).AsTask().WaitAsync(Patience);
        SocketStream? right = await accepting.WaitAsync(Patience);
        return (left, Assert.IsAssignableFrom<SocketStream>(right));
    }

    internal static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        MemoryStream all = new();
        await stream.CopyToAsync(all).WaitAsync(Patience);
        return all.ToArray();
    }
}
