using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Tests.EchTunnel;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tunnel;

/// <summary>A target that answers and resets at once, as one does that has not read all of a request: the answer is not lost in a tunnel.</summary>
public sealed class BytesBeforeResetTests
{
    private const int Answer = 3000;
    private const int Rounds = 20;

    [Theory]
    [InlineData("tunnel"), InlineData("ech-tunnel, frames"), InlineData("ech-tunnel, plain")]
    public async Task The_answer_of_a_target_that_resets_behind_it_reaches_the_client(string kind)
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        IPEndPoint target = (IPEndPoint)listener.LocalEndPoint!;
        (IAsyncDisposable pair, TestGateway client) = await StartAsync(kind);
        await using (pair)
        {
            for (int i = 0; i < Rounds; i++)
            {
                Task<Socket> accepting = listener.AcceptAsync();
                await using SocketStream connection = await client.ConnectThroughAsync(target);
                await connection.WriteAsync("go"u8.ToArray());
                using (Socket accepted = await accepting.WaitAsync(TestTransports.Patience)) await AnswerAndResetAsync(accepted);
                byte[] answer = new byte[Answer];
                await connection.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
                Assert.Equal(-1, answer.AsSpan().IndexOfAnyExcept((byte)'a'));
            }
        }
    }

    // Only once the request is there: from then on the other ends wait for the answer.
    private static async Task AnswerAndResetAsync(Socket accepted)
    {
        byte[] request = new byte[2];
        for (int read = 0; read < request.Length;) read += await accepted.ReceiveAsync(request.AsMemory(read)).AsTask().WaitAsync(TestTransports.Patience);
        byte[] answer = new byte[Answer];
        answer.AsSpan().Fill((byte)'a');
        accepted.LingerState = new LingerOption(enable: true, seconds: 0);
        Assert.Equal(Answer, accepted.Send(answer));
    }

    private static async Task<(IAsyncDisposable Pair, TestGateway Client)> StartAsync(string kind)
    {
        if (kind == "tunnel")
        {
            TunnelPair pair = await TunnelPair.StartAsync();
            return (pair, pair.Client);
        }
        EchTunnelPair ech = await EchTunnelPair.StartAsync(plain: kind.EndsWith("plain", StringComparison.Ordinal));
        return (ech, ech.Client);
    }
}
