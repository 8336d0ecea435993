using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tls.Ech;

/// <summary>A running server whose key file changes and is reloaded.</summary>
public sealed class EchReloadTests : IDisposable
{
    private readonly TestCertificate _certificate = new(EchSetup.PublicName, otherNames: EchSetup.InnerName);
    private int _served;

    [EchFact]
    public async Task Keys_rotate_under_load_without_a_failed_connection()
    {
        EchKey first = EchKey.Create(EchSetup.PublicName);
        EchKey second = EchKey.Create(EchSetup.PublicName, earlier: first.KeyPem, keep: 1);
        EchKey third = EchKey.Create(EchSetup.PublicName, earlier: second.KeyPem, keep: 0);
        string keyFile = _certificate.Write("ech.pem", first.KeyPem);
        GatewayConfig config = new()
        {
            Inbounds =
            [
                new HttpInboundConfig
                {
                    Name = "proxy", Listen = new IPEndPoint(IPAddress.Loopback, 0),
                    Tls = new TlsServerConfig { CertificateFile = _certificate.CertificateFile, KeyFile = _certificate.KeyFile, EchKeyFiles = [keyFile] },
                },
            ],
        };
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        using CancellationTokenSource stop = new();
        Task[] clients = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => AskUntilAsync(gateway, first, stop.Token)))];
        await MoreAsync(clients);
        foreach (EchKey key in (EchKey[])[second, third]) // the clients go on with the first config to the end
        {
            _certificate.Write("ech.pem", key.KeyPem);
            await gateway.Server.ReloadAsync(gateway.Server.Config);
            await MoreAsync(clients);
        }
        await stop.CancelAsync();
        await Task.WhenAll(clients).WaitAsync(EchSetup.Patience);
    }

    public void Dispose() => _certificate.Dispose();

    private async Task AskUntilAsync(TestGateway gateway, EchKey key, CancellationToken stop)
    {
        Assert.True(Destination.TryFromHost(EchSetup.InnerName, 443, out Destination? server));
        TlsClient client = new(
            new TlsClientConfig { CaFile = _certificate.CaFile, Ech = new EchClientConfig() }, server, new FixedEchConfig(EchConfigResult.Success(key.Config)));
        byte[] answer = new byte[12];
        while (!stop.IsCancellationRequested)
        {
            await using DuplexStream stream = await client.ConnectAsync(async _ => await gateway.ConnectAsync(), CancellationToken.None)
                .AsTask().WaitAsync(EchSetup.Patience, CancellationToken.None);
            await stream.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), CancellationToken.None);
            await stream.ReadExactlyAsync(answer, CancellationToken.None).AsTask().WaitAsync(EchSetup.Patience, CancellationToken.None);
            Assert.Equal("HTTP/1.1 400"u8, answer);
            Interlocked.Increment(ref _served);
        }
    }

    private async Task MoreAsync(Task[] clients)
    {
        int target = Volatile.Read(ref _served) + 15;
        await Wait.UntilAsync(() => Volatile.Read(ref _served) >= target || clients.Any(client => client.IsCompleted));
        await Task.WhenAll(clients.Where(client => client.IsCompleted));
    }
}
