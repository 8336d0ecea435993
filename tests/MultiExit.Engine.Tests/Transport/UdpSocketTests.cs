using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

/// <summary>The promises of every transport for its datagrams.</summary>
public sealed class UdpSocketTests
{
    public static TheoryData<TransportKind> Kinds => TestTransports.All;

    [Theory, MemberData(nameof(Kinds))]
    public async Task Datagrams_of_all_lengths_arrive_whole_in_their_order(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using UdpSocket sender = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0)), receiver = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0));
        // Around the room that a batch has for each, and the longest one of IPv4.
        int[] lengths = [0, 1, 2047, 2048, 2049, 65_507, 3];
        byte[][] sent = [.. lengths.Select(RandomNumberGenerator.GetBytes)];
        foreach (byte[] datagram in sent) Assert.True(await sender.SendAsync(datagram, receiver.LocalEndPoint, default));
        byte[] buffer = new byte[65_536];
        foreach (byte[] datagram in sent)
        {
            (int length, IPEndPoint source) = await receiver.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience);
            Assert.Equal(datagram, buffer[..length]);
            Assert.Equal(sender.LocalEndPoint, source);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_datagram_that_is_longer_than_the_buffer_is_cut(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using UdpSocket sender = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0)), receiver = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0));
        byte[] buffer = new byte[10];
        foreach (int length in (int[])[10, 3000])
        {
            await sender.SendAsync(RandomNumberGenerator.GetBytes(length), receiver.LocalEndPoint, default);
            Assert.Equal(10, (await receiver.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience)).Length);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task More_datagrams_than_a_batch_has_come_one_by_one_with_their_senders(TransportKind kind)
    {
        const int count = 100;
        await using ITransport transport = Transports.Create(kind);
        using UdpSocket receiver = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0));
        UdpSocket[] senders = [.. Enumerable.Range(0, 3).Select(_ => transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0)))];
        for (byte i = 0; i < count; i++) Assert.True(await senders[i % 3].SendAsync(new byte[] { i }, receiver.LocalEndPoint, default));
        byte[] buffer = new byte[16];
        for (byte i = 0; i < count; i++)
        {
            await receiver.WaitReadableAsync(default).AsTask().WaitAsync(TestTransports.Patience);
            (int length, IPEndPoint source) = await receiver.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience);
            Assert.Equal((1, i, senders[i % 3].LocalEndPoint), (length, buffer[0], source));
        }
        foreach (UdpSocket sender in senders) sender.Dispose();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_has_left_the_systems_buffer_is_known_to_wait_and_is_had_without_a_wait(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using UdpSocket sender = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0)), receiver = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0));
        for (byte i = 0; i < 3; i++) await sender.SendAsync(new byte[] { i }, receiver.LocalEndPoint, default);
        byte[] buffer = new byte[16];
        CancellationToken paused = default;
        for (byte i = 0; i < 3; i++)
        {
            await receiver.ReceiveAsync(buffer, paused).AsTask().WaitAsync(TestTransports.Patience);
            Assert.Equal(i, buffer[0]);
            Assert.Equal(kind == TransportKind.Reactor && i < 2, receiver.HasReceived);
            if (receiver.HasReceived) paused = new CancellationToken(canceled: true);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_wait_ends_with_a_datagram_with_its_token_and_with_the_socket(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using UdpSocket sender = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0)), receiver = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0));
        using CancellationTokenSource given = new();
        Task cancelled = receiver.WaitReadableAsync(given.Token).AsTask();
        Assert.False(cancelled.IsCompleted);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(TestTransports.Patience));

        Task waiting = receiver.WaitReadableAsync(default).AsTask();
        await sender.SendAsync("late"u8.ToArray(), receiver.LocalEndPoint, default);
        await waiting.WaitAsync(TestTransports.Patience);
        Assert.Equal(4, (await receiver.ReceiveAsync(new byte[16], default).AsTask().WaitAsync(TestTransports.Patience)).Length);

        Task<(int, IPEndPoint)> receiving = receiver.ReceiveAsync(new byte[16], default).AsTask();
        receiver.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receiving.WaitAsync(TestTransports.Patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receiver.WaitReadableAsync(default).AsTask().WaitAsync(TestTransports.Patience));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_target_that_cannot_be_reached_loses_its_datagram_and_no_other(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using UdpSocket sender = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0)), receiver = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0));
        // The first of these addresses is of the other family; nobody listens at the second, whose host says so.
        Assert.False(await sender.SendAsync(new byte[1], new IPEndPoint(IPAddress.IPv6Loopback, 9), default));
        IPEndPoint gone;
        using (UdpSocket closed = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0))) gone = closed.LocalEndPoint;
        await sender.SendAsync(new byte[1], gone, default);
        Task<(int, IPEndPoint)> answer = sender.ReceiveAsync(new byte[16], default).AsTask();
        Assert.True(await sender.SendAsync("ask"u8.ToArray(), receiver.LocalEndPoint, default));
        byte[] buffer = new byte[16];
        (int length, IPEndPoint source) = await receiver.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.True(await receiver.SendAsync(buffer.AsMemory(0, length), source, default));
        Assert.Equal((3, receiver.LocalEndPoint), await answer.WaitAsync(TestTransports.Patience));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_flood_of_one_socket_leaves_its_turn_to_the_others(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        UdpSocket[] flooded = [.. Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0)))];
        using CancellationTokenSource end = new();
        // Each receiver sends what it gets to itself again: its socket is never empty.
        Task[] floods = [.. flooded.Select(socket => Task.Run(async () =>
        {
            for (int i = 0; i < 64; i++) await socket.SendAsync(new byte[8], socket.LocalEndPoint, default);
            byte[] room = new byte[16];
            while (!end.IsCancellationRequested)
            {
                (int length, IPEndPoint source) = await socket.ReceiveAsync(room, default);
                await socket.SendAsync(room.AsMemory(0, length), source, default);
            }
        }))];
        (SocketStream left, SocketStream right) = await TestTransports.ConnectAsync(transport);
        byte[] buffer = new byte[4];
        for (int i = 0; i < 20; i++)
        {
            await left.WriteAsync("ping"u8.ToArray());
            await right.ReadExactlyAsync(buffer).AsTask().WaitAsync(TestTransports.Patience);
        }
        await end.CancelAsync();
        await Task.WhenAll(floods).WaitAsync(TestTransports.Patience);
        foreach (UdpSocket socket in flooded) socket.Dispose();
        await left.DisposeAsync();
        await right.DisposeAsync();
    }
}
