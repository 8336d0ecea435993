using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tls.Ech;

/// <summary>The steps of the client, with a library whose results the test sets.</summary>
public sealed class EchClientTests
{
    private readonly List<EchClientTask> _tasks = [];
    private int _dials;

    [Fact]
    public async Task Nothing_is_dialed_without_a_config()
    {
        string reason = await RefusedAsync<EchUnavailableException>(EchConfigResult.Failed("the record of x.example has expired"));
        Assert.Contains("the record of x.example has expired", reason, StringComparison.Ordinal);
        Assert.Equal(0, _dials);
    }

    [Fact]
    public async Task The_library_gets_one_config_and_the_inner_name()
    {
        EchConfig config = NewConfig(1);
        await ConnectAsync(EchConfigResult.Success(config), null as Exception);
        EchClientTask task = Assert.Single(_tasks);
        Assert.Equal("inner.example", task.InnerName);
        Assert.Equal(config.ToList(), task.ConfigList.ToArray());
    }

    [Fact]
    public async Task The_retry_config_is_the_first_that_is_usable()
    {
        EchConfig retry = NewConfig(2);
        byte[] unknown = [0xfe, 0x0c, 0, 1, 0]; // an older version
        byte[] body = [.. unknown, .. retry.Encoded.Span, .. NewConfig(3).Encoded.Span];
        await ConnectAsync(EchConfigResult.Success(NewConfig(1)), Rejected([(byte)(body.Length >> 8), (byte)body.Length, .. body]), null);
        Assert.Equal(2, _dials);
        Assert.Equal(retry.ToList(), _tasks[1].ConfigList.ToArray());
    }

    [Theory]
    [InlineData("", "sent no config")]
    [InlineData("00", "is cut off")]
    [InlineData("0005fe0c000100", "is not usable")]
    public async Task Without_a_usable_retry_config_there_is_no_second_dial(string list, string expected)
    {
        string reason = await RefusedAsync<EchUnavailableException>(EchConfigResult.Success(NewConfig(1)), Rejected(Convert.FromHexString(list)));
        Assert.Contains(expected, reason, StringComparison.Ordinal);
        Assert.Equal(1, _dials);
    }

    [Fact]
    public async Task A_retry_config_whose_public_name_is_the_inner_name_is_refused()
    {
        byte[] list = EchKey.Create("inner.example", 4).Config.ToList();
        string reason = await RefusedAsync<AuthenticationException>(EchConfigResult.Success(NewConfig(1)), Rejected(list));
        Assert.Contains("is the public name", reason, StringComparison.Ordinal);
        Assert.Equal(1, _dials);
    }

    [Fact]
    public async Task There_is_one_retry()
    {
        byte[] list = NewConfig(2).ToList();
        string reason = await RefusedAsync<EchUnavailableException>(EchConfigResult.Success(NewConfig(1)), Rejected(list), Rejected(list), null);
        Assert.Contains("a second time", reason, StringComparison.Ordinal);
        Assert.Equal(2, _dials);
    }

    [Fact]
    public async Task A_failure_of_the_library_is_a_failed_connection() =>
        Assert.Contains("a bug of the library", await RefusedAsync<AuthenticationException>(
            EchConfigResult.Success(NewConfig(1)), new InvalidOperationException("a bug of the library")), StringComparison.Ordinal);

    private static EchRejectedException Rejected(byte[] list) => new(list);

    private static EchConfig NewConfig(byte id) => EchKey.Create("public.example", id).Config;

    // The outcome of each handshake; null for success.
    private async Task ConnectAsync(EchConfigResult config, params Exception?[] outcomes)
    {
        Queue<Exception?> queue = new(outcomes);
        EchClient client = new(
            new ScriptedBackend(task => { _tasks.Add(task); return new ScriptedEngine(queue.Dequeue()); }),
            new PeerCertificates(new TlsClientConfig(), null), "server.example:443", new FixedEchConfig(config));
        DuplexStream stream = await client.ConnectAsync(
            _ =>
            {
                _dials++;
                return new(new DuplexPair().Left);
            },
            "inner.example", "inner.example", default).AsTask().WaitAsync(EchSetup.Patience);
        await stream.DisposeAsync();
    }

    private async Task<string> RefusedAsync<T>(EchConfigResult config, params Exception?[] outcomes) where T : Exception =>
        (await Assert.ThrowsAsync<T>(() => ConnectAsync(config, outcomes))).Message;

    private sealed class ScriptedBackend(Func<EchClientTask, EchEngine> create) : IEchBackend
    {
        public string Name => "script";

        public EchEngine CreateClient(EchClientTask task) => create(task);

        public IEchServerIdentity CreateIdentity(X509Certificate2 certificate, X509Certificate2Collection chain, EchServerKeys keys) =>
            throw new NotSupportedException();
    }

    private sealed class ScriptedEngine(Exception? outcome) : EchEngine
    {
        protected override bool HandshakeCore() => outcome is null ? true : throw outcome;

        protected override int ReadCore(Span<byte> buffer) => NeedsInput;

        protected override int PeekCore(Span<byte> buffer) => NeedsInput;

        protected override void WriteCore(ReadOnlySpan<byte> bytes) => TakeOutput(bytes);

        protected override void CompleteWritesCore() { }

        protected override void Free() { }
    }
}
