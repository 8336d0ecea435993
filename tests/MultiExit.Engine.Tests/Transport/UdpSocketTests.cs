using System.Net;
using System.Net.Sockets;
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
        using ClosedPort gone = new(SocketType.Dgram);
        await sender.SendAsync(new byte[1], gone.EndPoint, default);
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

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_socket_that_was_disposed_of_hands_out_nothing_that_it_has_received_before(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using UdpSocket sender = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0)), receiver = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0));
        for (byte i = 0; i < 3; i++) await sender.SendAsync(new byte[] { i }, receiver.LocalEndPoint, default);
        await receiver.ReceiveAsync(new byte[16], default).AsTask().WaitAsync(TestTransports.Patience);
        receiver.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receiver.ReceiveAsync(new byte[16], default).AsTask().WaitAsync(TestTransports.Patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receiver.WaitReadableAsync(default).AsTask().WaitAsync(TestTransports.Patience));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Sockets_may_be_disposed_of_while_datagrams_arrive(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using UdpSocket sender = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0));
        for (int i = 0; i < 200; i++)
        {
            using UdpSocket receiver = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0));
            TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Task receiving = Task.Run(async () =>
            {
                byte[] buffer = new byte[4096];
                while (true)
                {
                    (int length, IPEndPoint source) = await receiver.ReceiveAsync(buffer, default);
                    Assert.Equal((3000, sender.LocalEndPoint), (length, source));
                    first.TrySetResult();
                }
            });
            using CancellationTokenSource end = new();
            Task sending = Task.Run(async () =>
            {
                byte[] datagram = new byte[3000];
                while (!end.IsCancellationRequested) await sender.SendAsync(datagram, receiver.LocalEndPoint, default);
            });
            await first.Task.WaitAsync(TestTransports.Patience);
            receiver.Dispose();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => receiving.WaitAsync(TestTransports.Patience));
            await end.CancelAsync();
            await sending.WaitAsync(TestTransports.Patience);
        }
    }

    // recvmmsg(2) stops at an error and keeps it for the next call; what lies behind it must not wait for another datagram.
    [LinuxTheory("IP_RECVERR"), MemberData(nameof(Kinds))]
    public async Task What_hosts_report_in_the_middle_of_a_burst_holds_back_no_datagram(TransportKind kind)
    {
        const int burst = 60, rounds = 100;
        await using ITransport transport = Transports.Create(kind);
        using UdpSocket sender = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0));
        using ClosedPort gone = new(SocketType.Dgram);
        byte[] buffer = new byte[16];
        for (int round = 0; round < rounds; round++)
        {
            // Another one each time: nobody reads what is told in full, which takes room from datagrams.
            using UdpSocket receiver = transport.BindUdp(new IPEndPoint(IPAddress.Loopback, 0));
            using Socket options = new(new SafeSocketHandle(receiver.Handle.DangerousGetHandle(), ownsHandle: false));
            options.SetRawSocketOption(0, 11, BitConverter.GetBytes(1)); // IP_RECVERR: each error is told, which a socket without a peer is spared
            Task asking = Task.Run(async () =>
            {
                for (int i = 0; i < burst; i++) await receiver.SendAsync(new byte[1], gone.EndPoint, default);
            });
            Task sending = Task.Run(async () =>
            {
                for (int i = 0; i < burst; i++) Assert.True(await sender.SendAsync(new byte[1], receiver.LocalEndPoint, default));
            });
            for (int i = 0; i < burst; i++) await receiver.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience);
            await sending.WaitAsync(TestTransports.Patience);
            await asking.WaitAsync(TestTransports.Patience);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_socket_of_both_families_names_its_peers_by_their_own(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using UdpSocket both = transport.BindUdp(new IPEndPoint(IPAddress.IPv6Any, 0));
        foreach (IPAddress address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            using UdpSocket peer = transport.BindUdp(new IPEndPoint(address, 0));
            byte[] buffer = new byte[16];
            Assert.True(await peer.SendAsync("ask"u8.ToArray(), new IPEndPoint(address, both.LocalEndPoint.Port), default));
            (int length, IPEndPoint source) = await both.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience);
            Assert.Equal((3, peer.LocalEndPoint), (length, source));
            // The answer goes to either form of an IPv4 address.
            foreach (IPEndPoint target in (IPEndPoint[])[source, new IPEndPoint(source.Address.MapToIPv6(), source.Port)])
            {
                Assert.True(await both.SendAsync("answer"u8.ToArray(), target, default));
                Assert.Equal((6, new IPEndPoint(address, both.LocalEndPoint.Port)),
                    await peer.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience));
            }
        }
    }
}
