using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tls;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Server;

public sealed class CertificateWatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ManualTimeProvider _time = new();
    private readonly MemoryLog _memory = new();
    private readonly EngineLog _log;
    private readonly CertificateWatch _watch;
    private readonly TestCertificate _old = new();
    private readonly TestCertificate _new = new();

    public CertificateWatchTests()
    {
        _log = new EngineLog(LogFactory.Create(new LoggingConfig(), console: false, _memory));
        _watch = new CertificateWatch(_log, _time);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _log.Dispose();
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    public async Task A_renewed_certificate_and_a_renewed_ca_file_are_used_without_a_reload()
    {
        (TlsServer server, TlsClient client) = Made();
        await AssertTrustedAsync(server, client);
        Replace(_new.CertificateFile, _old.CertificateFile);
        Replace(_new.KeyFile, _old.KeyFile);
        LookTwice();
        Assert.Contains($"{_old.CertificateFile}, {_old.KeyFile} changed and were read again", Logged("MX1068").Single(), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => AssertTrustedAsync(server, client));
        Replace(_new.CaFile, _old.CaFile);
        LookTwice();
        await AssertTrustedAsync(server, client);
    }

    [Fact]
    public async Task A_certificate_whose_key_has_not_come_yet_is_not_used_and_it_is_said_once()
    {
        (TlsServer server, TlsClient client) = Made();
        Replace(_new.CertificateFile, _old.CertificateFile);
        LookTwice();
        LookTwice();
        Assert.Contains("does not belong to the certificate", Logged("MX1069").Single(), StringComparison.Ordinal);
        await AssertTrustedAsync(server, client);
        Replace(_new.KeyFile, _old.KeyFile);
        LookTwice();
        Assert.Single(Logged("MX1068"));
    }

    [Fact]
    public void A_file_that_still_changes_is_not_read()
    {
        Made();
        Replace(_new.CertificateFile, _old.CertificateFile);
        _time.Advance(CertificateWatch.Interval);
        Replace(_new.KeyFile, _old.KeyFile);
        _time.Advance(CertificateWatch.Interval);
        Assert.Empty(Logged("MX1068", "MX1069"));
        _time.Advance(CertificateWatch.Interval);
        Assert.Single(Logged("MX1068"));
    }

    private string[] Logged(params string[] ids) => [.. _memory.Read(new LogQuery { Ids = ids }).Select(entry => entry.Message)];

    private (TlsServer Server, TlsClient Client) Made()
    {
        TlsServer server = new(new TlsServerConfig { CertificateFile = _old.CertificateFile, KeyFile = _old.KeyFile }, TimeProvider.System);
        Assert.True(Destination.TryFromHost("proxy.example", 443, out Destination? destination));
        TlsClient client = new(new TlsClientConfig { CaFile = _old.CaFile }, destination);
        _watch.Use([server, client]);
        return (server, client);
    }

    private void LookTwice()
    {
        _time.Advance(CertificateWatch.Interval);
        _time.Advance(CertificateWatch.Interval);
    }

    // As programs that renew certificates do it.
    private static void Replace(string from, string to)
    {
        File.Copy(from, to + ".new");
        File.Move(to + ".new", to, overwrite: true);
    }

    private static async Task AssertTrustedAsync(TlsServer server, TlsClient client)
    {
        DuplexPair pair = new();
        Task<DuplexStream> accepting = server.AcceptAsync(pair.Right, default).AsTask();
        await using DuplexStream near = await client.ConnectAsync(_ => new(pair.Left), default).AsTask().WaitAsync(Patience);
        await using DuplexStream far = await accepting.WaitAsync(Patience);
    }
}
