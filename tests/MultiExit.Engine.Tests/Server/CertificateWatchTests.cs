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
    private static readonly TimeSpan Patience = TestTransports.Patience;

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
        await LookTwiceAsync();
        Assert.Contains($"{_old.CertificateFile}, {_old.KeyFile} changed and were read again", Logged("MX1068").Single(), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => AssertTrustedAsync(server, client));
        Replace(_new.CaFile, _old.CaFile);
        await LookTwiceAsync();
        await AssertTrustedAsync(server, client);
    }

    [Fact]
    public async Task A_certificate_whose_key_has_not_come_yet_is_not_used_and_it_is_said_once()
    {
        (TlsServer server, TlsClient client) = Made();
        Replace(_new.CertificateFile, _old.CertificateFile);
        await LookTwiceAsync();
        await LookTwiceAsync();
        Assert.Contains("does not belong to the certificate", Logged("MX1069").Single(), StringComparison.Ordinal);
        await AssertTrustedAsync(server, client);
        Replace(_new.KeyFile, _old.KeyFile);
        await LookTwiceAsync();
        Assert.Single(Logged("MX1068"));
    }

    [Fact]
    public async Task A_file_that_still_changes_is_not_read()
    {
        Made();
        Replace(_new.CertificateFile, _old.CertificateFile);
        _time.Advance(CertificateWatch.Interval);
        Replace(_new.KeyFile, _old.KeyFile);
        _time.Advance(CertificateWatch.Interval);
        await _watch.Readings.WaitAsync(Patience);
        Assert.Empty(Logged("MX1068", "MX1069"));
        _time.Advance(CertificateWatch.Interval);
        await _watch.Readings.WaitAsync(Patience);
        Assert.Single(Logged("MX1068"));
    }

    [Fact]
    public async Task A_file_that_takes_long_or_fails_in_a_way_of_its_own_holds_up_no_other()
    {
        TaskCompletionSource release = new(), fault = new();
        SlowFiles slow = new(_old.Write("slow", "1"), release.Task), faulty = new(_old.Write("faulty", "1"), fault.Task);
        (TlsServer server, _) = Made();
        _watch.Use([slow, faulty, server]);
        File.WriteAllText(slow.Files[0], "22");
        File.WriteAllText(faulty.Files[0], "22");
        Replace(_new.CertificateFile, _old.CertificateFile);
        Replace(_new.KeyFile, _old.KeyFile);
        fault.SetException(new InvalidDataException("what nobody thought of"));
        _time.Advance(CertificateWatch.Interval);
        _time.Advance(CertificateWatch.Interval);
        await Wait.UntilAsync(() => Logged("MX1068", "MX1069").Length == 2);
        Assert.Contains("what nobody thought of", Logged("MX1069").Single(), StringComparison.Ordinal);
        Assert.Contains(_old.KeyFile, Logged("MX1068").Single(), StringComparison.Ordinal);
        // Nor does a reload wait for it.
        _watch.Use([server]);
        release.SetResult();
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

    private async Task LookTwiceAsync()
    {
        _time.Advance(CertificateWatch.Interval);
        _time.Advance(CertificateWatch.Interval);
        await _watch.Readings.WaitAsync(Patience);
    }

    private sealed class SlowFiles(string file, Task end) : IFromFiles
    {
        public IReadOnlyList<string> Files { get; } = [file];

        public void Refresh() => end.GetAwaiter().GetResult();
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
