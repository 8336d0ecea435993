using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>Descriptors that go from process to process over a Unix socket (SCM_RIGHTS of unix(7)).</summary>
internal static class DescriptorMessages
{
    // The system takes 253 in a message.
    private const int MostAtOnce = 128;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    // cmsghdr: its length, as wide as a pointer, level and type (cmsg(3)).
    private static readonly int Header = IntPtr.Size + (2 * sizeof(int));

    /// <summary>Sends duplicates of descriptors, one byte with each message of them.</summary>
    /// <exception cref="SocketException">The peer is gone, or the system refuses.</exception>
    public static async Task SendAsync(Socket socket, IReadOnlyList<SafeHandle> handles, CancellationToken cancellationToken)
    {
        foreach (SafeHandle[] part in handles.Chunk(MostAtOnce))
        {
            int errno;
            while ((errno = TrySend(socket.SafeHandle, [0], part)) != 0)
            {
                if (errno is not (Errno.Again or Errno.Interrupted)) throw Errno.ToException(errno);
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Receives descriptors that <see cref="SendAsync"/> has sent.</summary>
    /// <param name="socket">The socket, at the first of their messages.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SocketException">The peer is gone, or there is no descriptor left here.</exception>
    public static async Task<IReadOnlyList<PassedDescriptor>> ReceiveAsync(Socket socket, int count, CancellationToken cancellationToken)
    {
        List<PassedDescriptor> received = new(count);
        try
        {
            while (received.Count < count)
            {
                // Waits for bytes and takes none.
                await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                int errno = TryReceive(socket.SafeHandle, Math.Min(MostAtOnce, count - received.Count), received);
                if (errno is not (0 or Errno.Again or Errno.Interrupted)) throw Errno.ToException(errno);
            }
            return received;
        }
        catch
        {
            foreach (PassedDescriptor descriptor in received) descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Sends one message with duplicates of up to 128 descriptors, without a wait.</summary>
    /// <returns>0, or the error number; <see cref="Errno.Again"/>: there is no room now.</returns>
    public static unsafe int TrySend(SafeSocketHandle socket, ReadOnlySpan<byte> content, SafeHandle[] handles)
    {
        int length = Header + (handles.Length * sizeof(int));
        byte* control = stackalloc byte[Header + (MostAtOnce * sizeof(int)) + IntPtr.Size];
        *(nint*)control = length;
        *(int*)(control + IntPtr.Size) = Libc.SolSocket;
        *(int*)(control + IntPtr.Size + sizeof(int)) = Libc.ScmRights;
        int held = 0;
        try
        {
            foreach (SafeHandle handle in handles)
            {
                bool added = false;
                handle.DangerousAddRef(ref added);
                ((int*)(control + Header))[held++] = (int)handle.DangerousGetHandle();
            }
            fixed (byte* start = content)
            {
                IoVector vector = new() { Start = start, Length = (nuint)content.Length };
                MessageHeader message = new() { Vectors = &vector, VectorCount = 1 };
                if (held > 0)
                {
                    message.Control = control;
                    message.ControlLength = (nuint)length;
                }
                return Libc.SendMessage(socket, &message, Libc.MsgDontwait | Libc.MsgNoSignal) < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
        }
        finally
        {
            for (int i = 0; i < held; i++) handles[i].DangerousRelease();
        }
    }

    private static unsafe int TryReceive(SafeSocketHandle socket, int most, List<PassedDescriptor> received)
    {
        byte* control = stackalloc byte[Header + (MostAtOnce * sizeof(int)) + IntPtr.Size];
        byte one;
        IoVector vector = new() { Start = &one, Length = 1 };
        MessageHeader message = new()
        {
            Vectors = &vector, VectorCount = 1, Control = control, ControlLength = (nuint)(Header + (most * sizeof(int))),
        };
        nint count = Libc.ReceiveMessage(socket, &message, Libc.MsgDontwait | Libc.MsgCmsgCloexec);
        if (count < 0) return Marshal.GetLastPInvokeError();
        int before = received.Count;
        if (message.ControlLength >= (nuint)Header
            && (*(int*)(control + IntPtr.Size), *(int*)(control + IntPtr.Size + sizeof(int))) == (Libc.SolSocket, Libc.ScmRights))
        {
            int present = ((int)Math.Min(*(nint*)control, (nint)message.ControlLength) - Header) / sizeof(int);
            for (int i = 0; i < present; i++) received.Add(new PassedDescriptor(((int*)(control + Header))[i]));
        }
        // The end of the connection, a byte without descriptors, or fewer than were sent: there was no room for them here.
        return count == 0 || received.Count == before || (message.Flags & Libc.MsgCtrunc) != 0 ? Errno.ConnectionAborted : 0;
    }
}
