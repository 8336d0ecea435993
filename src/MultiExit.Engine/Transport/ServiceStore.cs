using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Transport;

/// <summary>The store of a service manager for descriptors, which it gives to the next process of the service: FDSTORE= of sd_notify(3).</summary>
internal sealed class ServiceStore : IDisposable
{
    /// <summary>How the names of this program's descriptors begin; a colon and control characters are not allowed in them.</summary>
    public const string NamePrefix = "multiexit-";

    private const int MaxTries = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan BarrierPatience = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;

    private ServiceStore(Socket socket) => _socket = socket;

    /// <summary>Connects to the manager.</summary>
    /// <param name="address">The value of NOTIFY_SOCKET: a path, or <c>@name</c> for the abstract namespace.</param>
    /// <returns>Null where nothing listens.</returns>
    public static ServiceStore? TryConnect(string? address)
    {
        if (string.IsNullOrEmpty(address) || !OperatingSystem.IsLinux()) return null;
        Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
            return new ServiceStore(socket);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>The name of the socket with a purpose: the same for equal purposes, and of the characters that names may have.</summary>
    public static string NameOf(string purpose) =>
        NamePrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(purpose)).AsSpan(0, 16));

    /// <summary>Puts a duplicate into the store. One that it has already it does not take again.</summary>
    /// <returns>Why not, or null.</returns>
    public string? Add(string name, SafeHandle handle) => Send($"FDSTORE=1\nFDPOLL=0\nFDNAME={name}", handle);

    /// <summary>Has the manager close what it holds by a name.</summary>
    /// <returns>Why not, or null.</returns>
    public string? Remove(string name) => Send($"FDSTOREREMOVE=1\nFDNAME={name}");

    /// <summary>Waits until the manager has acted on all that was sent, at most 5 s: it closes the end of a pipe when it comes to it.</summary>
    public void WaitForAll()
    {
        using AnonymousPipeServerStream pipe = new(PipeDirection.In, HandleInheritability.None);
        bool isSent = Send("BARRIER=1", pipe.ClientSafePipeHandle) is null;
        pipe.DisposeLocalCopyOfClientHandle();
        if (isSent) pipe.ReadAsync(new byte[1]).AsTask().Wait(BarrierPatience);
    }

    public void Dispose() => _socket.Dispose();

    private string? Send(string message, params SafeHandle[] handles)
    {
        try
        {
            byte[] content = Encoding.ASCII.GetBytes(message);
            for (int i = 0; ; i++)
            {
                int errno = DescriptorMessages.TrySend(_socket.SafeHandle, content, handles);
                if (errno == 0) return null;
                if (errno is not (Errno.Again or Errno.Interrupted) || i == MaxTries) return Errno.ToException(errno).Message;
                Thread.Sleep(Pause);
            }
        }
        catch (ObjectDisposedException)
        {
            return "the socket is closed";
        }
    }
}
