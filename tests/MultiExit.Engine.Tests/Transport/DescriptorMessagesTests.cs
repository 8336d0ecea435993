using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

/// <summary>Descriptors over Unix sockets.</summary>
public sealed class DescriptorMessagesTests
{
    private const string Lack = "descriptors are passed with the calls of Linux";

    [LinuxFact(Lack)]
    public async Task More_descriptors_than_a_message_takes_come_in_their_order()
    {
        using TemporaryFolder folder = new();
        using UnixListener listener = new(folder["s"]);
        await using DuplexStream client = await UnixSocket.ConnectAsync(folder["s"], default);
        await using DuplexStream server = (await listener.AcceptAsync())!;
        Assert.True(UnixSocket.IsTrusted(server));
        Assert.True(UnixSocket.IsTrusted(client));
        FileStream[] files = [.. Enumerable.Range(0, 300).Select(i => new FileStream(folder[$"{i}"], FileMode.Create))];
        SafeHandle[] handles = [.. files.Select(file => file.SafeFileHandle)];
        Task sending = UnixSocket.SendDescriptorsAsync(server, handles, default);
        IReadOnlyList<PassedDescriptor> received = await UnixSocket.ReceiveDescriptorsAsync(client, files.Length, default).WaitAsync(TestTransports.Patience);
        await sending;
        for (int i = 0; i < files.Length; i++)
        {
            Assert.EndsWith($"/{i}", File.ResolveLinkTarget($"/proc/self/fd/{received[i].DangerousGetHandle()}", false)!.FullName, StringComparison.Ordinal);
            received[i].Dispose();
            files[i].Dispose();
        }
        // The stream is in step behind them.
        await server.WriteAsync(new byte[] { 7 });
        Assert.Equal("07", await new TestClient(client).ReadAsync(1));
    }

    [LinuxFact(Lack)]
    public async Task Bytes_without_descriptors_and_an_end_before_them_are_faults()
    {
        using TemporaryFolder folder = new();
        using UnixListener listener = new(folder["s"]);
        await using DuplexStream client = await UnixSocket.ConnectAsync(folder["s"], default);
        DuplexStream server = (await listener.AcceptAsync())!;
        await server.WriteAsync(new byte[] { 1 });
        await Assert.ThrowsAsync<IOException>(() => UnixSocket.ReceiveDescriptorsAsync(client, 1, default).WaitAsync(TestTransports.Patience));
        await server.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => UnixSocket.ReceiveDescriptorsAsync(client, 1, default).WaitAsync(TestTransports.Patience));
    }

    [Theory]
    [MemberData(nameof(TestTransports.All), MemberType = typeof(TestTransports))]
    public async Task A_connection_in_the_queue_of_a_socket_is_accepted_by_whoever_has_the_socket_still(TransportKind kind)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip(Lack);
        await using ITransport first = Transports.Create(kind);
        await using ITransport second = Transports.Create(kind);
        ISocketListener old = first.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        IPEndPoint address = old.LocalEndPoint;
        old.IsPaused = true;
        Task<SocketStream?> oldAccepts = old.AcceptAsync().AsTask();
        using ISocketListener adopted = second.Adopt(await DuplicateAsync(old.Handle));
        Assert.Equal(address, adopted.LocalEndPoint);
        adopted.IsPaused = true;
        Task<SocketStream?> accepting = adopted.AcceptAsync().AsTask();
        using Socket waiting = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await waiting.ConnectAsync(address);
        old.Dispose();
        Assert.Null(await oldAccepts.WaitAsync(TestTransports.Patience));
        Assert.False(accepting.IsCompleted);
        adopted.IsPaused = false;
        await using SocketStream accepted = (await accepting.WaitAsync(TestTransports.Patience))!;
        Assert.Equal(waiting.LocalEndPoint, accepted.RemoteEndPoint);
        using Socket later = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await later.ConnectAsync(address);
        await using SocketStream another = (await adopted.AcceptAsync().AsTask().WaitAsync(TestTransports.Patience))!;
        Assert.Equal(later.LocalEndPoint, another.RemoteEndPoint);
    }

    [Theory]
    [MemberData(nameof(TestTransports.All), MemberType = typeof(TestTransports))]
    public async Task A_listener_that_was_held_up_goes_on_with_those_who_came_meanwhile(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using ISocketListener listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Task<SocketStream?> accepting = listener.AcceptAsync().AsTask();
        listener.IsPaused = true;
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint);
        listener.IsPaused = false;
        await using SocketStream accepted = (await accepting.WaitAsync(TestTransports.Patience))!;
        Assert.Equal(client.LocalEndPoint, accepted.RemoteEndPoint);
    }

    private static async Task<PassedDescriptor> DuplicateAsync(SafeHandle handle)
    {
        using TemporaryFolder folder = new();
        using UnixListener listener = new(folder["s"]);
        await using DuplexStream client = await UnixSocket.ConnectAsync(folder["s"], default);
        await using DuplexStream server = (await listener.AcceptAsync())!;
        await UnixSocket.SendDescriptorsAsync(server, [handle], default);
        return Assert.Single(await UnixSocket.ReceiveDescriptorsAsync(client, 1, default));
    }
}
