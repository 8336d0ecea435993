using System.Net.Sockets;
using System.Runtime.InteropServices;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Transport;

/// <summary>A listening Unix socket that only its owner (and root) may connect to, or the members of a group as well.</summary>
internal sealed class UnixListener : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OfGroup = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
    private const int Backlog = 64;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private readonly Socket _socket;
    private readonly FileIdentity _file;
    private readonly PauseGate _gate = new();
    private volatile bool _disposed;
    private volatile bool _leavesFile;

    /// <summary>Binds and listens, mode 0600, or 0660 with a group. Makes the folder, mode 0700 or 0711, where it is missing, and replaces a socket that
    /// has no listener any more.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="group">The group that may connect as well; null: none.</param>
    /// <exception cref="ProxyException">The path is in use or cannot be bound; the message is one sentence for the operator.</exception>
    public UnixListener(string path, string? group = null)
    {
        // On Windows there are Unix sockets, but no mode that keeps others out.
        if (OperatingSystem.IsWindows() || !Socket.OSSupportsUnixDomainSockets)
        {
            throw new ProxyException(ProxyError.InvalidConfiguration,
                "this system has no Unix sockets that a mode protects; remove the key control, and control the server from its own PowerShell session");
        }
        Path = path;
        Group = group;
        Socket? socket = null;
        try
        {
            UnixDomainSocketEndPoint endPoint = new(path);
            // Who may reach the socket is up to its own mode.
            UnixFileMode others = group is null ? UnixFileMode.None : UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute | others);
            RemoveDead(path, endPoint);
            _socket = socket = Bind(path, endPoint);
            // No client can connect before Listen, so the mode that the file is created with never matters.
            File.SetUnixFileMode(path, OwnerOnly);
            if (group is not null) Give(group);
            _socket.Listen(Backlog);
            _file = FileIdentity.Of(path);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket?.Dispose();
            throw Explain(path, exception);
        }
        catch
        {
            socket?.Dispose();
            if (socket is not null) File.Delete(path);
            throw;
        }
    }

    /// <summary>A socket that listens already, from another process. Its file is that process's until <see cref="OwnFile"/>.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="passed">The socket.</param>
    /// <exception cref="ProxyException">It is no such socket.</exception>
    public UnixListener(string path, PassedDescriptor passed)
    {
        Path = path;
        _leavesFile = true;
        try
        {
            _socket = new Socket(new SafeSocketHandle(passed.Release(), ownsHandle: true));
            _file = FileIdentity.Of(path);
        }
        catch (SocketException exception)
        {
            throw Explain(path, exception);
        }
    }

    public string Path { get; }

    /// <summary>The group that may connect as well; null: none, or the one that the process of before has given it.</summary>
    public string? Group { get; private set; }

    /// <summary>Lets another group connect, or none.</summary>
    /// <exception cref="ProxyException">There is no such group, or this process is not in it.</exception>
    public void Use(string? group)
    {
        if (group is not null) Give(group);
        else if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, OwnerOnly);
        Group = group;
    }

    /// <summary>The socket, to hand it to another process.</summary>
    public SafeHandle Handle => _socket.SafeHandle;

    /// <summary>See <see cref="ISocketListener.IsPaused"/>.</summary>
    public bool IsPaused
    {
        set => _gate.IsPaused = value;
    }

    /// <summary>Whether the path still leads to this socket: the file, or the folder, may have been deleted.</summary>
    public bool IsInPlace => FileIdentity.Of(Path) == _file;

    /// <summary>The next connection, or null once the listener is disposed.</summary>
    public async ValueTask<DuplexStream?> AcceptAsync()
    {
        while (true)
        {
            try
            {
                await _gate.WhenOpen.ConfigureAwait(false);
                if (_disposed) return null;
                await DescriptorAccount.Process.WaitForOneAsync(() => _disposed).ConfigureAwait(false);
                return PortableSocketStream.OfUnix(await _socket.AcceptAsync(_gate.Pausing).ConfigureAwait(false));
            }
            catch (Exception) when (_disposed)
            {
                return null;
            }
            catch (OperationCanceledException)
            {
                // Held up.
            }
            catch (SocketException)
            {
                await Task.Delay(RetryDelay).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The file is removed at the end.</summary>
    public void OwnFile() => _leavesFile = false;

    private void Give(string group)
    {
        UnixGroup.Give(Path, group);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, OfGroup);
    }

    /// <summary>Stops listening and leaves the file: the socket lives on in another process.</summary>
    public void Leave()
    {
        _leavesFile = true;
        Dispose();
    }

    /// <summary>Stops listening and removes the file, unless another one has taken its place.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        bool isOurs = !_leavesFile && IsInPlace;
        if (_leavesFile) CountedSocket.Share(_socket);
        _socket.Dispose();
        _gate.Dispose();
        if (!isOurs) return;
        try
        {
            File.Delete(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next server finds that the socket has no listener.
        }
    }

    private static Socket Bind(string path, UnixDomainSocketEndPoint endPoint)
    {
        if (OperatingSystem.IsLinux()) return UnixBinding.Bind(path);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A file that is not a socket is not a left-over of a server and stays, whether it is empty or not.
    private static void RemoveDead(string path, UnixDomainSocketEndPoint endPoint)
    {
        FileIdentity file = FileIdentity.Of(path);
        if (file.Kind == FileKind.None) return;
        if (file.Kind != FileKind.LocalSocket && (file.Kind != FileKind.Unknown || new FileInfo(path).Length > 0))
            throw new ProxyException(ProxyError.AddressInUse, $"cannot listen on {path}: it is there already and no socket; remove it or choose another path");
        if (IsAlive(endPoint))
            throw new ProxyException(ProxyError.AddressInUse, $"cannot listen on {path}: a server that runs answers there; stop it or choose another path");
        File.Delete(path);
    }

    private static bool IsAlive(UnixDomainSocketEndPoint endPoint)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Blocking = false;
        try
        {
            socket.Connect(endPoint);
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            return true; // its backlog is full
        }
    }

    private static ProxyException Explain(string path, Exception exception) => exception switch
    {
        UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            new(ProxyError.PermissionDenied, $"cannot listen on {path}: permission denied; choose a folder that the server's user may write to", exception),
        ArgumentException => new(ProxyError.InvalidConfiguration,
            $"cannot listen on {path}: the path is too long for a Unix socket (some 100 bytes); choose a shorter one", exception),
        _ => new(ProxyError.AddressNotAvailable, $"cannot listen on {path}: {exception.Message}", exception),
    };
}
