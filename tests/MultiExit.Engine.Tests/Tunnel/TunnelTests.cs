using System.Security.Cryptography;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tunnel;

/// <summary>The tunnel end to end: SOCKS5 client, tunnel client, tunnel server, target.</summary>
public sealed class TunnelTests
{
    public static TheoryData<TunnelMethodName, bool, TransportKind> Combinations()
    {
        TheoryData<TunnelMethodName, bool, TransportKind> data = [];
        foreach (TunnelMethodName method in Enum.GetValues<TunnelMethodName>())
            foreach (bool padding in new[] { false, true })
                data.Add(method, padding, TransportKind.Automatic);
        data.Add(TunnelMethodName.ChaCha20Poly1305, false, TransportKind.Portable);
        return data;
    }

    [Theory, MemberData(nameof(Combinations))]
    public async Task Bytes_arrive_whole_in_both_directions(TunnelMethodName method, bool padding, TransportKind kind)
    {
        SelfSignedFiles certificate = SelfSignedFiles.Create("localhost");
        try
        {
            await using EchoTarget target = new();
            await using TunnelPair pair = await TunnelPair.StartAsync(
                inbound => inbound with { Tls = certificate.Config },
                exit => exit with { Method = method, Padding = padding, Pins = [certificate.Fingerprint] }, kind);
            await using SocketStream client = await pair.Client.ConnectThroughAsync(target.EndPoint);
            byte[] sent = RandomNumberGenerator.GetBytes(16 << 20);
            Task sending = Task.Run(async () =>
            {
                await client.WriteAsync(sent);
                await client.CompleteWritesAsync(default);
            });
            byte[] received = await TestTransports.ReadToEndAsync(client);
            await sending.WaitAsync(TestTransports.Patience);
            Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
        }
        finally
        {
            certificate.Dispose();
        }
    }
}
