using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Tests.Transport;

/// <summary>Which of the sockets that a service manager gives are used; the rest is in ServiceSocketTests of the console host.</summary>
public sealed class ServiceSocketsTests : IDisposable
{
    private const int DuplicateAndCloseOnExec = 1030;
    private const string Purpose = "a port";

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ServiceSocketsTests()
    {
        _listener.Bind(OwnEndPoints.Next());
        _listener.Listen();
    }

    private IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public void Dispose() => _listener.Dispose();

    [LinuxFact("a service manager that gives sockets")]
    public void A_socket_that_is_of_the_unit_and_in_the_store_is_the_units_and_listens_on()
    {
        using ServiceSockets sockets = new([Give(ServiceStore.NameOf(Purpose)), Give("edge.socket")], store: null, room: 0);
        Assert.Empty(sockets.Claim([new(Purpose, EndPoint, IsDatagram: false, IsPlain: true)]));
        using PassedDescriptor? taken = sockets.Take(Purpose);
        Assert.NotNull(taken);
        Assert.Null(sockets.Take(Purpose));
        using TcpClient client = new();
        client.Connect(EndPoint);
        Assert.True(client.Connected);
    }

    [LinuxFact("a service manager that gives sockets")]
    public void A_stored_socket_that_nobody_needs_listens_no_more_so_that_its_port_is_free()
    {
        using ServiceSockets sockets = new([Give(ServiceStore.NameOf("another port"))], store: null, room: 0);
        Assert.Empty(sockets.Claim([]));
        using TcpClient client = new();
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => client.Connect(EndPoint)).SocketErrorCode);
    }

    [LinuxTheory("a service manager that gives sockets")]
    [InlineData(true, true, 0)]
    [InlineData(false, false, 0)]
    [InlineData(false, true, 1)]
    public void A_socket_of_a_unit_is_for_a_plain_port_of_its_kind_and_address_alone(bool isDatagram, bool isPlain, int shift)
    {
        using ServiceSockets sockets = new([Give("edge.socket")], store: null, room: 0);
        IPEndPoint asked = new(EndPoint.Address, EndPoint.Port + shift);
        Assert.Equal([EndPoint], sockets.Claim([new(Purpose, asked, isDatagram, isPlain)]));
        Assert.Null(sockets.Take(Purpose));
    }

    [LinuxFact("a service manager that gives sockets")]
    public void What_is_no_socket_that_listens_is_not_taken()
    {
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Null(ServiceSocket.TryTake(Libc.Fcntl(bound.SafeHandle, DuplicateAndCloseOnExec, 3), "edge.socket"));
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle("/dev/null");
        Assert.Null(ServiceSocket.TryTake(Libc.Fcntl(file, DuplicateAndCloseOnExec, 3), "edge.socket"));
    }

    private ServiceSocket Give(string name)
    {
        ServiceSocket? given = ServiceSocket.TryTake(Libc.Fcntl(_listener.SafeHandle, DuplicateAndCloseOnExec, 3), name);
        Assert.NotNull(given);
        return given;
    }
}
