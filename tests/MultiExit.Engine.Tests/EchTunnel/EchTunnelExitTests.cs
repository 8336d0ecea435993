using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Exits.EchTunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>The exit against a deployed server (<see cref="DeployedServer"/>).</summary>
public sealed class EchTunnelExitTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = DeployedClient.Limit;

    private readonly PortableTransport _transport = new();
    private readonly DeployedServer _server = new();
    private readonly ExitSet _exits;

    public EchTunnelExitTests()
    {
        GatewayConfig config = new() { Exits = [EchTunnelPair.Exit(_server.EndPoint)], Limits = new LimitsConfig { ConnectTimeout = Limit } };
        _exits = ExitFactory.Build(config, _transport, new FakeResolver(), TimeProvider.System);
        Exit = (EchTunnelExit)_exits.Get("echup");
    }

    private EchTunnelExit Exit { get; }

    public async ValueTask DisposeAsync()
    {
        await _exits.DisposeAsync();
        await _server.DisposeAsync();
        await _transport.DisposeAsync();
    }

    [Fact]
    public async Task The_first_acknowledgement_wins()
    {
        TaskCompletionSource held = new();
        _server.BeforeAck = index => index == "1" ? Task.CompletedTask : held.Task;
        await using EchoTarget target = new();
        await OpenAllAsync();
        await using DuplexStream stream = await DialAsync(target.EndPoint);
        (int Channel, string Text) request = _server.Log.Single(entry => entry.Text.StartsWith("TCP:", StringComparison.Ordinal));
        string id = request.Text[4..40];
        Assert.Equal(["0", "1", "2"],
            _server.Log.Where(entry => entry.Text.StartsWith($"CLAIM:{id}|", StringComparison.Ordinal)).Select(entry => entry.Text[^1..]).Order());
        Assert.Equal(_server.Log.Single(entry => entry.Text == $"CLAIM:{id}|1").Channel, request.Channel);
        held.SetResult(); // the late ones change nothing
        await EchoAsync(stream, "after");
    }

    [Fact]
    public async Task What_the_client_has_sent_goes_with_the_request()
    {
        await using EchoTarget target = new();
        DialResult dial = await Exit.DialAsync(
            Destination.FromEndPoint(target.EndPoint), new DialContext { FirstPayload = "hello|there"u8.ToArray() }, default).AsTask().WaitAsync(Limit);
        Assert.Equal(11, dial.FirstPayloadSent);
        byte[] back = new byte[11];
        await dial.Connection!.ReadExactlyAsync(back).AsTask().WaitAsync(Limit);
        Assert.Equal("hello|there"u8.ToArray(), back);
        Assert.EndsWith($"|{target.EndPoint}|hello|there",
            _server.Log.Single(entry => entry.Text.StartsWith("TCP:", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        await dial.Connection!.DisposeAsync();
    }

    [Fact]
    public async Task A_refused_target_is_a_failure()
    {
        DialResult dial = await Exit.DialAsync(Destination.FromAddress(IPAddress.Loopback, 1), new DialContext(), default).AsTask().WaitAsync(Limit);
        Assert.Equal(DialFailure.General, dial.Failure);
        Assert.Contains("could not connect", dial.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dial_that_hangs_holds_up_no_other()
    {
        await using EchoTarget target = new();
        _server.BeforeDial = address => address == target.EndPoint.ToString() ? Task.CompletedTask : new TaskCompletionSource().Task;
        using CancellationTokenSource given = new();
        Task hanging = Exit.DialAsync(Destination.FromAddress(IPAddress.Loopback, 9), new DialContext(), given.Token).AsTask();
        await using (DuplexStream stream = await DialAsync(target.EndPoint)) await EchoAsync(stream, "here");
        Assert.False(hanging.IsCompleted);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging.WaitAsync(Limit));
        await Wait.UntilAsync(() => _server.Log.Any(entry => entry.Text.StartsWith("CLOSE:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Sessions_of_a_dead_carrier_end_at_once_and_it_is_replaced()
    {
        using TcpListener target = new(IPAddress.Loopback, 0);
        target.Start();
        DuplexStream stream = await DialAsync((IPEndPoint)target.LocalEndpoint);
        Task<int> reading = stream.ReadAsync(new byte[1]).AsTask();
        _server.CutChannels();
        await Assert.ThrowsAnyAsync<IOException>(() => reading.WaitAsync(Limit));
        await stream.DisposeAsync();
        await using EchoTarget echo = new();
        await using DuplexStream again = await DialAsync(echo.EndPoint);
        await EchoAsync(again, "again");
    }

    [Fact]
    public async Task An_answer_after_the_clients_end_is_whole()
    {
        using TcpListener target = new(IPAddress.Loopback, 0);
        target.Start();
        await using DuplexStream stream = await DialAsync((IPEndPoint)target.LocalEndpoint);
        using TcpClient accepted = await target.AcceptTcpClientAsync().WaitAsync(Limit);
        await stream.WriteAsync("request"u8.ToArray());
        await stream.CompleteWritesAsync(default);
        await accepted.GetStream().ReadExactlyAsync(new byte[7]).AsTask().WaitAsync(Limit);
        await accepted.GetStream().WriteAsync(new byte[1 << 20]);
        accepted.Close();
        Assert.Equal(1 << 20, (await TestTransports.ReadToEndAsync(stream)).Length);
    }

    // An error would reset the connection of a client that still sends, and so discard the bytes it has not read yet.
    [Fact]
    public async Task What_is_sent_behind_the_end_of_the_target_is_discarded()
    {
        using TcpListener target = new(IPAddress.Loopback, 0);
        target.Start();
        await using DuplexStream stream = await DialAsync((IPEndPoint)target.LocalEndpoint);
        using TcpClient accepted = await target.AcceptTcpClientAsync().WaitAsync(Limit);
        accepted.Close();
        Assert.Empty(await TestTransports.ReadToEndAsync(stream));
        await stream.WriteAsync(new byte[100]);
        await stream.CompleteWritesAsync(default);
    }

    [Fact]
    public async Task Datagrams_go_to_their_own_targets()
    {
        UdpOpenResult opened = await Exit.OpenUdpAsync(new DialContext(), default).AsTask().WaitAsync(Limit);
        await using IDatagramFlow flow = opened.Flow!;
        using UdpClient first = new(new IPEndPoint(IPAddress.Loopback, 0));
        using UdpClient second = new(new IPEndPoint(IPAddress.Loopback, 0));
        foreach (UdpClient target in new[] { first, second, first, second })
        {
            IPEndPoint address = (IPEndPoint)target.Client.LocalEndPoint!;
            Assert.True(await flow.SendAsync(Destination.FromEndPoint(address), Encoding.ASCII.GetBytes($"to {address}"), default));
            UdpReceiveResult received = await target.ReceiveAsync().WaitAsync(Limit);
            Assert.Equal($"to {address}", Encoding.ASCII.GetString(received.Buffer));
            await target.SendAsync(new byte[] { 0xff, (byte)'|', 1 }, received.RemoteEndPoint);
            byte[] buffer = new byte[100];
            DatagramReceived answer = await flow.ReceiveAsync(buffer, default).AsTask().WaitAsync(Limit);
            Assert.Equal(address.ToString(), answer.Source.ToString());
            Assert.Equal([0xff, (byte)'|', 1], buffer[..answer.Length]);
        }
        Assert.Equal(2, _server.Log.Count(entry => entry.Text.StartsWith("UDP_CONNECT:", StringComparison.Ordinal)));
    }

    // A session opens all carriers; this waits for them.
    private async Task OpenAllAsync()
    {
        await Exit.OpenUdpAsync(new DialContext(), default).AsTask().WaitAsync(Limit);
        await Wait.UntilAsync(() => Exit.Carriers.Count == 3);
    }

    private async Task<DuplexStream> DialAsync(IPEndPoint target)
    {
        DialResult dial = await Exit.DialAsync(Destination.FromEndPoint(target), new DialContext(), default).AsTask().WaitAsync(Limit);
        return dial.Connection ?? throw new InvalidOperationException(dial.Detail);
    }

    private static async Task EchoAsync(DuplexStream stream, string text)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        byte[] back = new byte[text.Length];
        await stream.ReadExactlyAsync(back).AsTask().WaitAsync(Limit);
        Assert.Equal(text, Encoding.ASCII.GetString(back));
    }
}
