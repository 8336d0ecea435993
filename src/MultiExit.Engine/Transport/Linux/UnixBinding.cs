using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>Makes Unix sockets whose files stay when they are disposed: .NET deletes the file that is at the path by then, even one of
/// another server.</summary>
internal static unsafe class UnixBinding
{
    private const int PathOffset = 2, MaxPath = 107;
    private const int AccessDenied = 13, AddressInUse = 98;

    /// <summary>Makes a socket and binds it.</summary>
    /// <exception cref="ArgumentException">The path is too long.</exception>
    /// <exception cref="SocketException">It may not be bound, or the path is taken.</exception>
    /// <exception cref="IOException">It cannot be bound.</exception>
    public static Socket Bind(string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        if (name.Length is 0 or > MaxPath) throw new ArgumentException("the path is too long", nameof(path));
        byte* address = stackalloc byte[PathOffset + MaxPath + 1];
        new Span<byte>(address, PathOffset + MaxPath + 1).Clear();
        *(ushort*)address = Libc.AfUnix;
        name.CopyTo(new Span<byte>(address + PathOffset, MaxPath));
        int descriptor = Libc.Socket(Libc.AfUnix, Libc.SockStream | Libc.SockCloexec, 0);
        if (descriptor < 0) throw Failure();
        SafeSocketHandle handle = new(descriptor, ownsHandle: true);
        try
        {
            if (Libc.Bind(handle, address, (uint)(PathOffset + name.Length + 1)) != 0) throw Failure();
            return new Socket(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static Exception Failure() => Marshal.GetLastPInvokeError() switch
    {
        AccessDenied => new SocketException((int)SocketError.AccessDenied),
        AddressInUse => new SocketException((int)SocketError.AddressAlreadyInUse),
        int error => new IOException(Marshal.GetPInvokeErrorMessage(error), error),
    };
}
