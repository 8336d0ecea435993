using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tls;

public sealed class TlsTests : IDisposable
{
    private static readonly TimeSpan Patience = TestTransports.Patience;
    private readonly TestCertificate _certificate = new();

    [Fact]
    public async Task Bytes_go_both_ways_when_the_client_ends_first()
    {
        (DuplexStream client, DuplexStream server) = await ConnectAsync();
        await RoundTripWithHalfCloseAsync(client, server);
    }

    [Fact]
    public async Task Bytes_go_both_ways_when_the_server_ends_first()
    {
        (DuplexStream client, DuplexStream server) = await ConnectAsync();
        await RoundTripWithHalfCloseAsync(server, client);
    }

    [Fact]
    public async Task A_read_into_an_empty_buffer_waits_for_bytes()
    {
        (DuplexStream client, DuplexStream server) = await ConnectAsync();
        Task<int> waiting = server.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(waiting.IsCompleted);
        await client.WriteAsync("hello"u8.ToArray());
        Assert.Equal(0, await waiting.WaitAsync(Patience));
        byte[] buffer = new byte[5];
        await server.ReadExactlyAsync(buffer).AsTask().WaitAsync(Patience);
        Assert.Equal("hello"u8, buffer);
    }

    [Fact]
    public async Task Abort_wakes_the_reader()
    {
        (DuplexStream client, DuplexStream server) = await ConnectAsync();
        Task<int> reading = client.ReadAsync(new byte[10]).AsTask();
        client.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => reading.WaitAsync(Patience));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Dispose_disposes_the_connection_beneath()
    {
        DuplexPair pair = new();
        (DuplexStream client, _) = await ConnectAsync(pair: pair);
        await client.DisposeAsync();
        byte[] buffer = new byte[1000];
        while (await pair.Right.ReadAsync(buffer).AsTask().WaitAsync(Patience) > 0) { }
    }

    [Theory]
    [InlineData(TransportKind.Portable)]
    [InlineData(TransportKind.Automatic)]
    public async Task Bytes_go_both_ways_over_real_sockets(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using ISocketListener listener = transport.Listen(new(System.Net.IPAddress.Loopback, 0));
        Task<SocketStream?> accepting = listener.AcceptAsync().AsTask();
        SocketStream near = await transport.ConnectAsync(listener.LocalEndPoint, default, default);
        SocketStream far = (await accepting.WaitAsync(Patience))!;
        (DuplexStream client, DuplexStream server) = await ConnectAsync(near, far, "127.0.0.1", new TlsClientConfig { CaFile = _certificate.CaFile });
        await RoundTripWithHalfCloseAsync(client, server);
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task The_name_sent_can_differ_from_the_host()
    {
        (DuplexStream client, _) = await ConnectAsync("10.1.2.3", new TlsClientConfig { CaFile = _certificate.CaFile, ServerName = "proxy.example." });
        await client.DisposeAsync();
    }

    [Fact]
    public async Task The_name_to_check_can_be_another_than_the_one_that_is_dialed_and_the_one_that_is_shown()
    {
        TlsClientConfig config = new() { CaFile = _certificate.CaFile, ServerName = "front.example", CheckedName = "proxy.example" };
        (DuplexStream client, _) = await ConnectAsync("10.1.2.3", config);
        await client.DisposeAsync();
        AuthenticationException refused = await RefusedAsync("proxy.example", config with { CheckedName = "inner.example" });
        Assert.Contains("not for inner.example", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_the_pinned_one_is_named()
    {
        AuthenticationException refused = await RefusedAsync(
            "proxy.example", new TlsClientConfig { Check = CertificateCheck.Pin, Pins = [new string('a', 64)] });
        Assert.Matches("its certificate, sha256:[0-9a-f]{64}, is not the pinned one", refused.Message);
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_with_its_end()
    {
        using TestCertificate old = new(notBefore: new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), notAfter: new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        DuplexPair pair = new();
        TlsServer server = new(new TlsServerConfig { CertificateFile = old.CertificateFile, KeyFile = old.KeyFile }, TimeProvider.System);
        _ = server.AcceptAsync(pair.Right, default).AsTask();
        TlsClient client = Client("proxy.example", new TlsClientConfig { CaFile = old.CaFile });
        AuthenticationException refused = await Assert.ThrowsAsync<AuthenticationException>(
            () => client.ConnectAsync(_ => new(pair.Left), default).AsTask().WaitAsync(Patience));
        Assert.Contains("it has expired or is not valid yet", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ends 2026-01-02 03:04 UTC", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_shows_its_certificate_where_it_has_one(bool has)
    {
        using TestCertificate own = new("client.example");
        DuplexPair pair = new();
        await using SslStream server = new(pair.Right);
        X509Certificate? shown = null;
        Task serving = server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = KeyPair.Read(_certificate.CertificateFile, _certificate.KeyFile).Certificate,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => (shown = certificate) is not null || !has,
        });
        TlsClientConfig config = new() { CaFile = _certificate.CaFile };
        if (has) config = config with { CertificateFile = own.CertificateFile, KeyFile = own.KeyFile };
        await Client("proxy.example", config).ConnectAsync(_ => new(pair.Left), default).AsTask().WaitAsync(Patience);
        await serving.WaitAsync(Patience);
        Assert.Equal(has ? "CN=client.example" : null, shown?.Subject);
    }

    [Fact]
    public async Task Another_name_is_refused()
    {
        AuthenticationException exception = await RefusedAsync("other.example", new TlsClientConfig { CaFile = _certificate.CaFile });
        Assert.Contains("other.example:443", exception.Message, StringComparison.Ordinal);
        Assert.Contains("its certificate is for proxy.example, 127.0.0.1, not for other.example; it is issued by CN=Test CA",
            exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_refused()
    {
        await RefusedAsync("proxy.example", new TlsClientConfig());
        using TestCertificate other = new();
        AuthenticationException exception = await RefusedAsync("proxy.example", new TlsClientConfig { CaFile = other.CaFile });
        Assert.Contains("its certificate is not trusted: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("it is for proxy.example, 127.0.0.1, issued by CN=Test CA, ends ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_tls_is_an_error()
    {
        DuplexPair pair = new();
        await pair.Right.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        TlsClient client = Client("proxy.example", new TlsClientConfig());
        Exception? exception = await Record.ExceptionAsync(() => client.ConnectAsync(_ => new(pair.Left), default).AsTask().WaitAsync(Patience));
        Assert.True(exception is AuthenticationException or IOException, exception?.ToString());
    }

    [Fact]
    public async Task A_server_that_closes_at_once_is_an_error()
    {
        DuplexPair pair = new();
        await pair.Right.DisposeAsync();
        TlsClient client = Client("proxy.example", new TlsClientConfig());
        await Assert.ThrowsAnyAsync<IOException>(() => client.ConnectAsync(_ => new(pair.Left), default).AsTask().WaitAsync(Patience));
    }

    public void Dispose() => _certificate.Dispose();

    // One side sends and ends; the other sees the end, answers more than any buffer holds, and ends as well.
    private static async Task RoundTripWithHalfCloseAsync(DuplexStream first, DuplexStream second)
    {
        byte[] answer = new byte[3_000_000];
        new Random(1).NextBytes(answer);
        await first.WriteAsync("question"u8.ToArray());
        await first.CompleteWritesAsync(default);
        byte[] question = await ReadToEndAsync(second);
        Assert.Equal("question"u8, question);
        Task<byte[]> reading = ReadToEndAsync(first);
        await second.WriteAsync(answer).AsTask().WaitAsync(Patience);
        await second.CompleteWritesAsync(default).AsTask().WaitAsync(Patience);
        byte[] received = await reading;
        Assert.True(answer.AsSpan().SequenceEqual(received));
    }

    private static async Task<byte[]> ReadToEndAsync(DuplexStream stream)
    {
        using MemoryStream all = new();
        await stream.CopyToAsync(all).WaitAsync(Patience);
        return all.ToArray();
    }

    private Task<(DuplexStream Client, DuplexStream Server)> ConnectAsync(
        string host = "proxy.example", TlsClientConfig? config = null, DuplexPair? pair = null)
    {
        pair ??= new DuplexPair();
        return ConnectAsync(pair.Left, pair.Right, host, config ?? new TlsClientConfig { CaFile = _certificate.CaFile });
    }

    private async Task<(DuplexStream Client, DuplexStream Server)> ConnectAsync(DuplexStream near, DuplexStream far, string host, TlsClientConfig config)
    {
        Task<DuplexStream> accepting = Server().AcceptAsync(far, default).AsTask();
        DuplexStream client = await Client(host, config).ConnectAsync(_ => new(near), default).AsTask().WaitAsync(Patience);
        return (client, await accepting.WaitAsync(Patience));
    }

    private async Task<AuthenticationException> RefusedAsync(string host, TlsClientConfig config)
    {
        DuplexPair pair = new();
        Task<DuplexStream> accepting = Server().AcceptAsync(pair.Right, default).AsTask();
        AuthenticationException exception = await Assert.ThrowsAsync<AuthenticationException>(
            () => Client(host, config).ConnectAsync(_ => new(pair.Left), default).AsTask().WaitAsync(Patience));
        await Record.ExceptionAsync(() => accepting.WaitAsync(Patience));
        return exception;
    }

    private static TlsClient Client(string host, TlsClientConfig config) =>
        new(config, Destination.TryFromHost(host, 443, out Destination? server) ? server : throw new ArgumentException(host));

    private TlsServer Server() =>
        new(new TlsServerConfig { CertificateFile = _certificate.CertificateFile, KeyFile = _certificate.KeyFile }, TimeProvider.System);
}
