using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MultiExit.Engine.Transport;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Relaying;

/// <summary>A pipe between two sockets for splice(2). Pooled; its pages are the kernel's, and there are none while it is empty.</summary>
internal sealed class SplicePipe : IDisposable
{
    // 1 MiB is what an unprivileged process may ask for (/proc/sys/fs/pipe-max-size).
    private const int WantedSize = 1 << 20;
    private const int MaxIdle = 32;

    // Beyond this many at a time relays copy: each pipe is two descriptors, and the kernel's pages for all of a user's are limited.
    private const int MaxRented = 512;

    private static readonly ConcurrentStack<SplicePipe> Pool = new();
    private static int s_rented;

    private readonly SocketHandle _output;
    private readonly SocketHandle _input;
    private readonly int _size;

    private SplicePipe(SocketHandle output, SocketHandle input)
    {
        _output = output;
        _input = input;
        int size = Libc.Fcntl(input, Libc.FSetPipeSize, WantedSize);
        _size = size > 0 ? size : 64 * 1024;
    }

    /// <summary>The bytes in the pipe.</summary>
    public int Length { get; private set; }

    /// <summary>An empty pipe, or null when there are enough in use, or descriptors are short: then relays copy.</summary>
    public static SplicePipe? TryRent()
    {
        if (Interlocked.Increment(ref s_rented) <= MaxRented)
        {
            SplicePipe? pipe = Pool.TryPop(out SplicePipe? pooled) ? pooled : TryCreate();
            if (pipe is not null) return pipe;
        }
        Interlocked.Decrement(ref s_rented);
        return null;
    }

    /// <summary>Takes bytes from the socket.</summary>
    /// <param name="source">The socket.</param>
    /// <param name="most">The most bytes to take.</param>
    /// <returns>The count, 0 at the end of the stream, or <see cref="ReactorSocketStream.WouldBlock"/>.</returns>
    public int Fill(ReactorSocketStream source, int most)
    {
        int moved = Move(source.Handle, _input, Math.Min(most, _size));
        if (moved > 0) Length += moved;
        return moved;
    }

    /// <summary>Gives bytes to the socket.</summary>
    /// <returns>The count, or <see cref="ReactorSocketStream.WouldBlock"/>.</returns>
    public int Empty(ReactorSocketStream target)
    {
        int moved = Move(_output, target.Handle, Length);
        if (moved > 0) Length -= moved;
        return moved;
    }

    /// <summary>Gives the pipe back; one that still holds bytes of a broken relay is closed.</summary>
    public void Return()
    {
        Interlocked.Decrement(ref s_rented);
        if (Length == 0 && Pool.Count < MaxIdle && DescriptorAccount.Process.IsAmple) Pool.Push(this);
        else Dispose();
    }

    /// <summary>Closes the unused pipes, where descriptors are short.</summary>
    public static void TrimIdle()
    {
        while (!DescriptorAccount.Process.IsAmple && Pool.TryPop(out SplicePipe? idle)) idle.Dispose();
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }

    private static int Move(SafeHandle input, SafeHandle output, int length)
    {
        try
        {
            nint moved = SocketCalls.Splice(input, output, length);
            if (moved >= 0) return (int)moved;
            if (moved == -Errno.Again) return ReactorSocketStream.WouldBlock;
            SocketException exception = Errno.ToException((int)-moved);
            throw new IOException(exception.Message, exception);
        }
        catch (ObjectDisposedException exception)
        {
            throw new IOException("the connection was closed on this side", exception);
        }
    }

    private static unsafe SplicePipe? TryCreate()
    {
        if (!DescriptorAccount.Process.IsAmple) return null;
        int* descriptors = stackalloc int[2];
        return Libc.Pipe2(descriptors, Libc.PipeFlags) < 0
            ? null
            : new SplicePipe(new SocketHandle(descriptors[0]), new SocketHandle(descriptors[1]));
    }
}
