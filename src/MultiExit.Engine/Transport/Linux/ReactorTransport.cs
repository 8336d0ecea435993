using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>The transport on epoll: one reactor for each core. About twice the connections and round trips a second of
/// <see cref="PortableTransport"/>, and relays that splice.</summary>
internal sealed class ReactorTransport : ITransport
{
    private readonly Reactor[] _reactors;
    private uint _next;

    public ReactorTransport(int reactors)
    {
        _reactors = new Reactor[reactors];
        for (int i = 0; i < reactors; i++) _reactors[i] = new Reactor($"multiexit-{i}");
    }

    /// <summary>Whether this system can run it.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    public ISocketListener Listen(IPEndPoint endPoint, SocketRoute route = default) => new ReactorListener(this, NextReactor(), endPoint, route);

    public ISocketListener ListenBeside(IPEndPoint endPoint, SocketRoute route = default) =>
        new ReactorListener(this, NextReactor(), endPoint, route, besideOthers: true);

    public ISocketListener Adopt(PassedDescriptor passed) => new ReactorListener(this, NextReactor(), passed);

    public async ValueTask<SocketStream> ConnectAsync(IPEndPoint remote, ConnectOptions options, CancellationToken cancellationToken)
    {
        DescriptorAccount.Process.ThrowIfShort();
        SocketHandle handle = SocketCalls.Open(remote.AddressFamily);
        try
        {
            SocketCalls.SetOption(handle, Libc.IpprotoTcp, Libc.TcpNoDelay, 1);
            if (!options.Route.IsDefault) SocketCalls.SetRoute(handle, remote.AddressFamily, options.Route);
            if (options.Source is { } source) Bind(handle, source);
            Reactor reactor = options.Near is ReactorSocketStream near ? near.Reactor : NextReactor();
            return await ConnectAsync(handle, reactor, remote, options.Source, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public UdpSocket BindUdp(IPEndPoint endPoint, SocketRoute route = default) => new(endPoint, route, NextReactor());

    public UdpSocket BindTransparentUdp(IPEndPoint endPoint) => new OriginalDestinationSocket(endPoint, NextReactor());

    public UdpSocket AdoptUdp(PassedDescriptor passed) => new(passed, reactor: NextReactor());

    public UdpSocket AdoptTransparentUdp(PassedDescriptor passed) => new OriginalDestinationSocket(passed, NextReactor());

    public ValueTask DisposeAsync()
    {
        foreach (Reactor reactor in _reactors) reactor.Dispose();
        return default;
    }

    private static void Bind(SocketHandle handle, IPAddress source)
    {
        // Without it a bind takes a port for all destinations together (ip(7)).
        SocketCalls.SetOption(handle, Libc.IpprotoIp, Libc.IpBindAddressNoPort, 1);
        try
        {
            SocketCalls.Bind(handle, new IPEndPoint(source, 0));
        }
        catch (SocketException exception)
        {
            throw SocketErrors.Binding(source, exception);
        }
    }

    private static async ValueTask<SocketStream> ConnectAsync(
        SocketHandle handle, Reactor reactor, IPEndPoint remote, IPAddress? source, CancellationToken cancellationToken)
    {
        try
        {
            return await ReactorSocketStream.ConnectAsync(handle, reactor, remote, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw SocketErrors.Connecting(remote, source, exception);
        }
    }

    internal Reactor NextReactor() => _reactors[Interlocked.Increment(ref _next) % (uint)_reactors.Length];
}
