using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Relaying;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Relaying;

/// <summary>The truth table of <see cref="Relay"/>, on sockets of each transport and between sockets and other streams.</summary>
public sealed class RelayTests
{
    public static TheoryData<TransportKind> Kinds => TestTransports.All;

    [Theory, MemberData(nameof(Kinds))]
    public async Task Bytes_move_both_ways_at_the_same_time(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(kind);
        byte[] up = RandomNumberGenerator.GetBytes(48 << 20);
        byte[] down = RandomNumberGenerator.GetBytes(48 << 20);
        Task sending = Task.WhenAll(SendAsync(rig.Client, up), SendAsync(rig.Target, down));
        Task<byte[]> atTarget = TestTransports.ReadToEndAsync(rig.Target);
        Task<byte[]> atClient = TestTransports.ReadToEndAsync(rig.Client);
        Assert.Equal(SHA256.HashData(up), SHA256.HashData(await atTarget));
        Assert.Equal(SHA256.HashData(down), SHA256.HashData(await atClient));
        await sending.WaitAsync(TestTransports.Patience);
        Assert.Null((await rig.Result.WaitAsync(TestTransports.Patience)).Failure);
        Assert.Equal(up.Length, rig.Session.BytesUp);
        Assert.Equal(down.Length, rig.Session.BytesDown);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_client_that_shuts_down_still_gets_all_of_the_answer(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(kind);
        await SendAsync(rig.Client, "request"u8.ToArray());
        Assert.Equal("request"u8.ToArray(), await TestTransports.ReadToEndAsync(rig.Target));
        byte[] answer = RandomNumberGenerator.GetBytes(10 << 20);
        Task sending = SendAsync(rig.Target, answer);
        Assert.Equal(SHA256.HashData(answer), SHA256.HashData(await TestTransports.ReadToEndAsync(rig.Client)));
        await sending.WaitAsync(TestTransports.Patience);
        Assert.Null((await rig.Result.WaitAsync(TestTransports.Patience)).Failure);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_target_that_shuts_down_still_gets_all_of_the_upload(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(kind);
        await SendAsync(rig.Target, "early answer"u8.ToArray());
        Assert.Equal("early answer"u8.ToArray(), await TestTransports.ReadToEndAsync(rig.Client));
        byte[] upload = RandomNumberGenerator.GetBytes(10 << 20);
        Task sending = SendAsync(rig.Client, upload);
        Assert.Equal(SHA256.HashData(upload), SHA256.HashData(await TestTransports.ReadToEndAsync(rig.Target)));
        await sending.WaitAsync(TestTransports.Patience);
        Assert.Null((await rig.Result.WaitAsync(TestTransports.Patience)).Failure);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_reset_of_one_side_resets_the_other(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(kind);
        await rig.Target.WriteAsync("half a fi"u8.ToArray());
        await rig.Client.ReadExactlyAsync(new byte[9]).AsTask().WaitAsync(TestTransports.Patience);
        rig.Target.Abort();
        await rig.Target.DisposeAsync();
        RelayResult result = await rig.Result.WaitAsync(TestTransports.Patience);
        Assert.NotNull(result.Failure);
        Assert.Equal(RelaySide.Upstream, result.FailedSide);
        await rig.CloseRelayedAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => TestTransports.ReadToEndAsync(rig.Client));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_aborted_session_ends_both_sides(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(kind);
        rig.Session.Abort(SessionOutcome.Stopped);
        await rig.Result.WaitAsync(TestTransports.Patience);
        await rig.CloseRelayedAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => TestTransports.ReadToEndAsync(rig.Client));
        await Assert.ThrowsAnyAsync<IOException>(() => TestTransports.ReadToEndAsync(rig.Target));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Bytes_read_ahead_come_first(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(kind, clientPrefix: "read ahead "u8.ToArray(), upstreamPrefix: "banner "u8.ToArray());
        await SendAsync(rig.Client, "and after"u8.ToArray());
        await SendAsync(rig.Target, "rest"u8.ToArray());
        Assert.Equal("read ahead and after"u8.ToArray(), await TestTransports.ReadToEndAsync(rig.Target));
        Assert.Equal("banner rest"u8.ToArray(), await TestTransports.ReadToEndAsync(rig.Client));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_slow_reader_slows_its_writer(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(kind);
        byte[] block = new byte[1 << 20];
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(2));
        long written = 0;
        // The target does not read: the bytes that the relay takes are bounded by the buffers of the kernel.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (true)
            {
                await rig.Client.WriteAsync(block, stop.Token);
                written += block.Length;
            }
        });
        Assert.InRange(written, 0, 64 << 20);
        Assert.False(rig.Result.IsCompleted);
    }

    [Fact]
    public async Task Streams_that_are_not_sockets_are_relayed_too()
    {
        DuplexPair near = new();
        DuplexPair far = new();
        SessionTable table = new(TimeProvider.System);
        using Session session = table.Open(Rig.Request);
        Task<RelayResult> relay = Relay.RunAsync(near.Right, far.Left, session).AsTask();
        byte[] up = RandomNumberGenerator.GetBytes(3 << 20);
        Task sending = SendAsync(near.Left, up);
        Assert.Equal(up, await TestTransports.ReadToEndAsync(far.Right));
        await SendAsync(far.Right, "done"u8.ToArray());
        Assert.Equal("done"u8.ToArray(), await TestTransports.ReadToEndAsync(near.Left));
        await sending.WaitAsync(TestTransports.Patience);
        Assert.Null((await relay.WaitAsync(TestTransports.Patience)).Failure);
    }

    private static async Task SendAsync(DuplexStream stream, byte[] bytes)
    {
        await stream.WriteAsync(bytes);
        await stream.CompleteWritesAsync(default);
    }

    /// <summary>client = relayed client side : relayed upstream side = target.</summary>
    private sealed class Rig : IAsyncDisposable
    {
        public static readonly RequestInfo Request = new()
        {
            Inbound = "test",
            Client = new IPEndPoint(IPAddress.Loopback, 1),
            Local = new IPEndPoint(IPAddress.Loopback, 2),
            Destination = Destination.FromAddress(IPAddress.Loopback, 3),
        };

        private readonly ITransport _transport;
        private readonly SocketStream _clientSide;
        private readonly SocketStream _upstreamSide;

        private Rig(ITransport transport, (SocketStream Left, SocketStream Right) client, (SocketStream Left, SocketStream Right) target)
        {
            _transport = transport;
            Client = client.Left;
            _clientSide = client.Right;
            _upstreamSide = target.Left;
            Target = target.Right;
            Session = new SessionTable(TimeProvider.System).Open(Request);
        }

        public SocketStream Client { get; }

        public SocketStream Target { get; }

        public Session Session { get; }

        public Task<RelayResult> Result { get; private set; } = Task.FromResult(default(RelayResult));

        public static async Task<Rig> StartAsync(TransportKind kind, byte[]? clientPrefix = null, byte[]? upstreamPrefix = null)
        {
            ITransport transport = Transports.Create(kind);
            Rig rig = new(transport, await TestTransports.ConnectAsync(transport), await TestTransports.ConnectAsync(transport));
            DuplexStream client = clientPrefix is null ? rig._clientSide : new PrefixedStream(clientPrefix, rig._clientSide);
            DuplexStream upstream = upstreamPrefix is null ? rig._upstreamSide : new PrefixedStream(upstreamPrefix, rig._upstreamSide);
            rig.Result = Relay.RunAsync(client, upstream, rig.Session).AsTask();
            return rig;
        }

        public async Task CloseRelayedAsync()
        {
            await _clientSide.DisposeAsync();
            await _upstreamSide.DisposeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            Session.Abort(SessionOutcome.Drain);
            await Client.DisposeAsync();
            await Target.DisposeAsync();
            await Result.WaitAsync(TestTransports.Patience);
            await CloseRelayedAsync();
            Session.Dispose();
            await _transport.DisposeAsync();
        }
    }
}
