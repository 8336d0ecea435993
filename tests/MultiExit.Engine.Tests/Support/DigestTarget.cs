using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A target on loopback that waits for the end of what it gets, then sends its SHA-256 and as many bytes again.</summary>
internal sealed class DigestTarget : IAsyncDisposable
{
    private readonly PortableTransport _transport = new();
    private readonly ISocketListener _listener;

    public DigestTarget()
    {
        _listener = _transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => _listener.LocalEndPoint;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _transport.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync() is { } connection) _ = AnswerAsync(connection);
    }

    private static async Task AnswerAsync(SocketStream connection)
    {
        await using (connection)
        {
            try
            {
                using MemoryStream all = new();
                await connection.CopyToAsync(all);
                await connection.WriteAsync(SHA256.HashData(all.ToArray()));
                await connection.WriteAsync(all.ToArray());
                await connection.CompleteWritesAsync(default);
            }
            catch (IOException)
            {
                // The client has gone.
            }
        }
    }
}
