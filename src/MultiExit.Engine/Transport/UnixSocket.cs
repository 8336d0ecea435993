using System.Net.Sockets;
using System.Runtime.InteropServices;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Transport;

/// <summary>Connects to Unix sockets.</summary>
internal static class UnixSocket
{
    /// <summary>Connects.</summary>
    /// <exception cref="ProxyException">No server answers there, or permission is missing; the message is one sentence for the operator.</exception>
    public static async ValueTask<DuplexStream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return PortableSocketStream.OfUnix(socket);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException or PlatformNotSupportedException)
        {
            socket.Dispose();
            throw new ProxyException(ProxyError.ControlUnreachable, $"{path}: {Reason(path, exception)}", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Holds a name of the abstract kind (unix(7)): no file, one for each network namespace, free again when its holder ends.</summary>
    /// <returns>Frees the name when it is disposed; null while another process holds it.</returns>
    public static IDisposable? TryHold(string name)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint($"\0{name}"));
            // Without it `ss -l` does not show it.
            socket.Listen(1);
            return socket;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>The user of the process at the other end; null where the system does not report it.</summary>
    public static string? PeerOf(DuplexStream stream) => (stream as PortableSocketStream)?.PeerUser;

    /// <summary>Whether the process at the other end is of the same user, or of root. False where the system does not report it.</summary>
    public static bool IsTrusted(DuplexStream stream) =>
        OperatingSystem.IsLinux() && (stream as PortableSocketStream)?.PeerUserId is { } user && (user == 0 || user == Libc.GetEffectiveUser());

    /// <summary>Sends duplicates of descriptors.</summary>
    /// <exception cref="IOException">The peer is gone, or the system refuses.</exception>
    public static async Task SendDescriptorsAsync(DuplexStream stream, IReadOnlyList<SafeHandle> handles, CancellationToken cancellationToken)
    {
        try
        {
            await DescriptorMessages.SendAsync(((PortableSocketStream)stream).Inner, handles, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>Receives as many descriptors as were sent.</summary>
    /// <exception cref="IOException">The peer is gone, or there is no room for them here.</exception>
    public static async Task<IReadOnlyList<PassedDescriptor>> ReceiveDescriptorsAsync(DuplexStream stream, int count, CancellationToken cancellationToken)
    {
        try
        {
            return await DescriptorMessages.ReceiveAsync(((PortableSocketStream)stream).Inner, count, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private static string Reason(string path, Exception exception) => exception switch
    {
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "permission denied; a control socket is open to the server's user and root only",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "no server answers on this socket; it has ended without removing it",
        _ when !File.Exists(path) => "there is no such socket; is the server running, and does its configuration have `control`?",
        _ => exception.Message,
    };
}
