using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

/// <summary>The promises of every transport for its connections.</summary>
public sealed class SocketStreamTests
{
    public static TheoryData<TransportKind> Kinds => TestTransports.All;

    [Theory, MemberData(nameof(Kinds))]
    public async Task Bytes_arrive_both_ways(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        (SocketStream left, SocketStream right) = await TestTransports.ConnectAsync(transport);
        byte[] buffer = new byte[16];
        await left.WriteAsync("ping"u8.ToArray());
        Assert.Equal(4, await right.ReadAsync(buffer).AsTask().WaitAsync(TestTransports.Patience));
        await right.WriteAsync("pong!"u8.ToArray());
        Assert.Equal(5, await left.ReadAsync(buffer).AsTask().WaitAsync(TestTransports.Patience));
        Assert.Equal("pong!"u8.ToArray(), buffer[..5]);
        Assert.Equal(left.LocalEndPoint, right.RemoteEndPoint);
        Assert.Equal(left.RemoteEndPoint, right.LocalEndPoint);
        await left.DisposeAsync();
        await right.DisposeAsync();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Waiting_bytes_are_seen_without_being_taken(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        (SocketStream left, SocketStream right) = await TestTransports.ConnectAsync(transport);
        Assert.False(right.HasBytes);
        await left.WriteAsync("early"u8.ToArray());
        await Wait.UntilAsync(() => right.HasBytes);
        await left.CompleteWritesAsync(default);
        Assert.Equal("early"u8.ToArray(), await TestTransports.ReadToEndAsync(right));
        Assert.False(right.HasBytes);
        await left.DisposeAsync();
        await right.DisposeAsync();
        Assert.False(right.HasBytes);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task After_a_half_close_the_other_direction_goes_on(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        (SocketStream left, SocketStream right) = await TestTransports.ConnectAsync(transport);
        await left.WriteAsync("request"u8.ToArray());
        await left.CompleteWritesAsync(default);
        Assert.Equal("request"u8.ToArray(), await TestTransports.ReadToEndAsync(right));
        byte[] answer = RandomNumberGenerator.GetBytes(10_000_000);
        Task writing = Task.Run(async () =>
        {
            await right.WriteAsync(answer);
            await right.CompleteWritesAsync(default);
        });
        Assert.Equal(SHA256.HashData(answer), SHA256.HashData(await TestTransports.ReadToEndAsync(left)));
        await writing.WaitAsync(TestTransports.Patience);
        await left.DisposeAsync();
        await right.DisposeAsync();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_read_into_an_empty_buffer_waits_for_bytes_without_taking_them(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        (SocketStream left, SocketStream right) = await TestTransports.ConnectAsync(transport);
        Task<int> waiting = right.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(waiting.IsCompleted);
        await left.WriteAsync("abc"u8.ToArray());
        Assert.Equal(0, await waiting.WaitAsync(TestTransports.Patience));
        byte[] buffer = new byte[2];
        Assert.Equal(2, await right.ReadAsync(buffer));
        // One byte is left: a wait ends at once.
        Assert.Equal(0, await right.ReadAsync(Memory<byte>.Empty).AsTask().WaitAsync(TestTransports.Patience));
        Assert.Equal(1, await right.ReadAsync(buffer));
        await left.CompleteWritesAsync(default);
        Assert.Equal(0, await right.ReadAsync(Memory<byte>.Empty).AsTask().WaitAsync(TestTransports.Patience));
        Assert.Equal(0, await right.ReadAsync(buffer).AsTask().WaitAsync(TestTransports.Patience));
        await left.DisposeAsync();
        await right.DisposeAsync();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Data_and_end_in_one_event_are_both_seen(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        for (int round = 0; round < 200; round++)
        {
            (SocketStream left, SocketStream right) = await TestTransports.ConnectAsync(transport);
            Task<byte[]> reading = TestTransports.ReadToEndAsync(right);
            await left.WriteAsync(new byte[round * 7]);
            await left.DisposeAsync();
            Assert.Equal(round * 7, (await reading).Length);
            await right.DisposeAsync();
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_abort_wakes_reader_and_writer_here_and_resets_the_peer(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        (SocketStream left, SocketStream right) = await TestTransports.ConnectAsync(transport);
        Task<int> reading = left.ReadAsync(new byte[1]).AsTask();
        Task writing = Task.Run(async () =>
        {
            while (true) await left.WriteAsync(new byte[1 << 20]);
        });
        left.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => reading.WaitAsync(TestTransports.Patience));
        await Assert.ThrowsAnyAsync<IOException>(() => writing.WaitAsync(TestTransports.Patience));
        await left.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => TestTransports.ReadToEndAsync(right));
        await right.DisposeAsync();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_canceled_read_leaves_the_connection_usable(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        (SocketStream left, SocketStream right) = await TestTransports.ConnectAsync(transport);
        for (int round = 0; round < 50; round++)
        {
            using CancellationTokenSource cancel = new();
            Task<int> reading = right.ReadAsync(new byte[1], cancel.Token).AsTask();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TestTransports.Patience));
        }
        await left.WriteAsync("x"u8.ToArray());
        byte[] buffer = new byte[4];
        Assert.Equal(1, await right.ReadAsync(buffer).AsTask().WaitAsync(TestTransports.Patience));
        await left.DisposeAsync();
        await right.DisposeAsync();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_refused_connection_is_reported_as_refused(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using ClosedPort closed = new();
        SocketException failure = await Assert.ThrowsAsync<SocketException>(
            () => transport.ConnectAsync(closed.EndPoint, default, default).AsTask().WaitAsync(TestTransports.Patience));
        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_source_address_is_the_one_asked_for(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using ISocketListener listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        IPAddress source = OperatingSystem.IsLinux() ? IPAddress.Parse("127.0.0.5") : IPAddress.Loopback;
        Task<SocketStream?> accepting = listener.AcceptAsync().AsTask();
        await using SocketStream left = await transport.ConnectAsync(listener.LocalEndPoint, new ConnectOptions(source), default);
        await using SocketStream right = Assert.IsAssignableFrom<SocketStream>(await accepting.WaitAsync(TestTransports.Patience));
        Assert.Equal(source, right.RemoteEndPoint.Address);
        Assert.Equal(source, left.LocalEndPoint.Address);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_source_address_of_another_host_is_an_error(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using ISocketListener listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        SocketException failure = await Assert.ThrowsAsync<SocketException>(
            () => transport.ConnectAsync(listener.LocalEndPoint, new ConnectOptions(IPAddress.Parse("192.0.2.1")), default).AsTask());
        Assert.Equal(SocketError.AddressNotAvailable, failure.SocketErrorCode);
    }
}
