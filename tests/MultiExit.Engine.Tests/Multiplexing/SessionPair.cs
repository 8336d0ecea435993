using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tests.Protocols.Tunnel;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>Both ends of a carrier in memory; the server answers every stream and hands it to the test, or echoes.</summary>
internal sealed class SessionPair : IAsyncDisposable
{
    public static readonly Destination Target = Destination.FromEndPoint(new(System.Net.IPAddress.Loopback, 80));

    private readonly System.Threading.Channels.Channel<TunnelStream> _accepted = System.Threading.Channels.Channel.CreateUnbounded<TunnelStream>();

    public SessionPair(
        TunnelMethod method = TunnelMethod.ChaCha20Poly1305, TunnelFlags flags = TunnelFlags.None, ulong rekeyInterval = TunnelWire.RekeyInterval,
        bool echo = false, ServerMemory? memory = null, TimeProvider? time = null)
    {
        DuplexPair pair = new();
        Client = new TunnelSession(
            pair.Left, new(method, flags, TestTunnel.Keys(TunnelDirection.ClientToServer), rekeyInterval),
            new(method, flags, TestTunnel.Keys(TunnelDirection.ServerToClient), rekeyInterval), new TunnelSessionOptions(), time ?? TimeProvider.System);
        TunnelSession? server = null;
        server = new TunnelSession(
            pair.Right, new(method, flags, TestTunnel.Keys(TunnelDirection.ServerToClient), rekeyInterval),
            new(method, flags, TestTunnel.Keys(TunnelDirection.ClientToServer), rekeyInterval),
            new TunnelSessionOptions { Server = memory }, time ?? TimeProvider.System,
            open =>
            {
                TunnelStream stream = (TunnelStream)open.Channel;
                server!.SendConnected(stream, Socks5Reply.Succeeded, null);
                if (echo) return EchoAsync(stream);
                _accepted.Writer.TryWrite(stream);
                return Task.CompletedTask;
            });
        Server = server;
        _ = Client.RunAsync();
        _ = Server.RunAsync();
    }

    public TunnelSession Client { get; }

    public TunnelSession Server { get; }

    public async Task<(TunnelStream Client, TunnelStream Server)> OpenAsync()
    {
        TunnelStream client = await OpenClientAsync();
        return (client, await _accepted.Reader.ReadAsync().AsTask().WaitAsync(TestTransports.Patience));
    }

    public async Task<TunnelStream> OpenClientAsync()
    {
        ReadOnlyMemory<byte> none = default;
        TunnelStream client = Client.TryOpenStream(Target, ref none)!;
        Assert.Equal(Socks5Reply.Succeeded, (await client.Answer.WaitAsync(TestTransports.Patience)).Reply);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static async Task EchoAsync(TunnelStream stream)
    {
        await using (stream)
        {
            try
            {
                await stream.CopyToAsync(stream);
                await stream.CompleteWritesAsync(default);
            }
            catch (IOException)
            {
                // The client has gone.
            }
        }
    }
}
