using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Transport;

/// <summary>The transport on .NET sockets; runs everywhere.</summary>
internal sealed class PortableTransport : ITransport
{
    public ISocketListener Listen(IPEndPoint endPoint, SocketRoute route = default) => new PortableListener(endPoint, route);

    public ISocketListener ListenBeside(IPEndPoint endPoint, SocketRoute route = default) => new PortableListener(endPoint, route, besideOthers: true);

    public async ValueTask<SocketStream> ConnectAsync(IPEndPoint remote, ConnectOptions options, CancellationToken cancellationToken)
    {
        DescriptorAccount.Process.ThrowIfShort();
        CountedSocket socket = new(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            options.Route.ApplyTo(socket);
            if (options.Source is { } source) Bind(socket, source);
            await ConnectAsync(socket, remote, options.Source, cancellationToken).ConfigureAwait(false);
            return new PortableSocketStream(socket, remote);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public UdpSocket BindUdp(IPEndPoint endPoint, SocketRoute route = default) => new(endPoint, route);

    public ValueTask DisposeAsync() => default;

    private static void Bind(Socket socket, IPAddress source)
    {
        if (OperatingSystem.IsLinux()) SetBindAddressNoPort(socket);
        try
        {
            socket.Bind(new IPEndPoint(source, 0));
        }
        catch (SocketException exception)
        {
            throw SocketErrors.Binding(source, exception);
        }
    }

    private static async ValueTask ConnectAsync(Socket socket, IPEndPoint remote, IPAddress? source, CancellationToken cancellationToken)
    {
        try
        {
            await socket.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw SocketErrors.Connecting(remote, source, exception);
        }
    }

    // Without it a bind takes a port for all destinations together (ip(7)).
    private static void SetBindAddressNoPort(Socket socket)
    {
        const int solIp = 0;
        const int ipBindAddressNoPort = 24;
        Span<byte> one = [1, 0, 0, 0];
        socket.SetRawSocketOption(solIp, ipBindAddressNoPort, one);
    }
}
