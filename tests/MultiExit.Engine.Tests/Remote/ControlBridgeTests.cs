using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Remote;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Remote;

/// <summary>The far side of a control link, with servers that run.</summary>
public sealed class ControlBridgeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task A_server_is_asked_and_changed_through_the_link_many_times_at_once()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        await using Rig rig = await Rig.StartAsync([gateway.Path]);
        ControlClient client = rig.Client("multiexit");
        ServerStatus[] all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetStatusAsync())).WaitAsync(TestTransports.Patience);
        Assert.All(all, status => Assert.Equal(ServerState.Running, status.State));
        await client.SetExitEnabledAsync("direct", enabled: false);
        Assert.False(gateway.Server.GetExits()[0].Enabled);
    }

    [UnixFact]
    public async Task Of_two_sockets_of_one_server_the_one_of_operators_is_taken()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(WithReaders);
        await using Rig rig = await Rig.StartAsync([_folder["r"], gateway.Path]);
        JsonElement server = Assert.Single((await rig.ListAsync()).GetProperty("servers").EnumerateArray());
        Assert.Equal(gateway.Path, server.GetProperty("path").GetString());
    }

    [UnixFact]
    public async Task Whoever_reaches_the_socket_of_readers_alone_reads_and_changes_nothing()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(WithReaders);
        await using Rig rig = await Rig.StartAsync([_folder["r"], _folder["none"]]);
        Assert.Contains("there is no such socket", Assert.Single((await rig.ListAsync()).GetProperty("problems").EnumerateArray()).GetString(),
            StringComparison.Ordinal);
        ControlClient client = rig.Client("multiexit");
        Assert.Equal("direct", (await client.GetExitsAsync())[0].Name);
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => client.StopAsync(TimeSpan.Zero));
        Assert.Equal(ProxyError.OperatorNeeded, refused.Reason);
        Assert.Equal(ServerState.Running, gateway.Managed.GetStatus().State);
    }

    [UnixFact]
    public async Task A_server_that_is_not_asked_for_by_name_is_not_reached()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        await using Rig rig = await Rig.StartAsync([gateway.Path], "other");
        Assert.Empty((await rig.ListAsync()).GetProperty("servers").EnumerateArray());
        ProxyException failure = await Assert.ThrowsAsync<ProxyException>(() => rig.Client("multiexit").GetStatusAsync());
        Assert.Equal(ProxyError.ControlUnreachable, failure.Reason);
    }

    [UnixFact]
    public async Task It_finds_a_socket_that_a_server_has_moved_to()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        await using Rig rig = await Rig.StartAsync([gateway.Path, _folder["moved"]]);
        ControlClient client = rig.Client("multiexit");
        await client.GetStatusAsync();
        await gateway.ReloadAsync(TestGateway.Mixed() with { ControlSocket = _folder["moved"] });
        Assert.Equal(ServerState.Running, (await client.GetStatusAsync()).State);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("MULTIEXIT-CONTROL/2\n")]
    public async Task What_is_no_link_is_refused_with_a_sentence(string sent)
    {
        using MemoryStream input = new(Encoding.ASCII.GetBytes(sent));
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => new ControlBridge([]).RunAsync(input, Stream.Null));
        Assert.Equal("this is for Connect-MxServer, which speaks to it over ssh; what came in is something else", refused.Message);
    }

    [Fact]
    public async Task It_ends_with_its_input()
    {
        using MemoryStream input = new([.. ControlLink.Preface]), output = new();
        await new ControlBridge([]).RunAsync(input, output).WaitAsync(TestTransports.Patience);
        Assert.Equal(ControlLink.Preface.ToArray(), output.ToArray());
    }

    private GatewayConfig WithReaders => TestGateway.Mixed() with { ControlReaders = new ControlReadersConfig(_folder["r"], null) };

    // A bridge, and the side that connects.
    private sealed class Rig : IAsyncDisposable
    {
        private readonly CancellationTokenSource _over = new();
        private readonly Task _bridge;
        private readonly Pipe _there = new(), _back = new();
        private ControlLink _link = null!;

        private Rig(IReadOnlyList<string> sockets, string? server) =>
            _bridge = new ControlBridge(sockets, server).RunAsync(_there.Reader.AsStream(), _back.Writer.AsStream(), _over.Token);

        public static async Task<Rig> StartAsync(IReadOnlyList<string> sockets, string? server = null)
        {
            Rig rig = new(sockets, server);
            await rig._there.Writer.WriteAsync(ControlLink.Preface.ToArray());
            byte[] preface = new byte[ControlLink.Preface.Length];
            Stream output = rig._back.Reader.AsStream();
            await output.ReadExactlyAsync(preface).AsTask().WaitAsync(TestTransports.Patience);
            rig._link = new ControlLink(output, rig._there.Writer.AsStream());
            _ = rig._link.RunAsync(rig._over.Token);
            return rig;
        }

        public ControlClient Client(string server) => new(server, _ => ValueTask.FromResult<Stream>(_link.Open(server)));

        public async Task<JsonElement> ListAsync()
        {
            await using LinkStream channel = _link.Open("");
            using MemoryStream text = new();
            await channel.CopyToAsync(text).WaitAsync(TestTransports.Patience);
            return JsonDocument.Parse(text.ToArray()).RootElement;
        }

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await _bridge.WaitAsync(TestTransports.Patience);
            _over.Dispose();
        }
    }
}
