using System.Net.Sockets;

namespace MultiExit.Engine.Transport;

/// <summary>The descriptors of the process, which all servers in it share: sockets of clients and targets, UDP sockets, pipes. Thread-safe.</summary>
/// <remarks>The runtime ends the process where it finds no descriptor for a thread or a file of its own, so some are never given out
/// (<see cref="Reserve"/>), and a client is accepted only where its request can be dialed too. Descriptors that other code opens are counted
/// periodically. Docs: docs/operations.md, "Descriptors".</remarks>
/// <param name="look">Reads the system's numbers; null: there is no limit.</param>
internal sealed class DescriptorAccount(Func<DescriptorReading?> look)
{
    // How often an accept that waits looks whether descriptors are free again.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private long _own;
    private long _others;
    private long _limit = long.MaxValue;
    private long _expected;
    private long _pauses;
    private long _refused;
    private int _waiting;

    /// <summary>The account of this process.</summary>
    public static DescriptorAccount Process { get; } = CreateForProcess();

    /// <summary>The most that the process may have; <see cref="long.MaxValue"/> for no limit.</summary>
    public long Limit => Volatile.Read(ref _limit);

    /// <summary>The open descriptors.</summary>
    public long Used => Interlocked.Read(ref _own) + Volatile.Read(ref _others);

    /// <summary>The descriptors that are never given out: the runtime, the resolver, files and commands of the system need them.</summary>
    public long Reserve => Math.Clamp(Limit / 16, 32, 512);

    /// <summary>How often a listener had to wait with its next client.</summary>
    public long Pauses => Interlocked.Read(ref _pauses);

    /// <summary>How many dials and UDP sockets were refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Whether a listener waits now.</summary>
    public bool IsPaused => Volatile.Read(ref _waiting) > 0;

    /// <summary>Whether a client may be accepted: beside the reserve there is room for it, for the targets of those whose request is still to
    /// come, and some for dials of the others.</summary>
    public bool MayAccept => Limit == long.MaxValue || Free - Interlocked.Read(ref _expected) > Reserve + Slack;

    /// <summary>Whether a socket for a client that was accepted, or for an operator, may be opened.</summary>
    public bool MayOpen => Limit == long.MaxValue || Free > Reserve;

    /// <summary>Whether there are enough for optional uses: pipes for splicing.</summary>
    public bool IsAmple => Limit == long.MaxValue || Free > Math.Max(Limit / 4, Reserve + Slack);

    private long Free => Limit - Used;

    private long Slack => Math.Clamp(Limit / 32, 8, 256);

    /// <summary>How many clients fit with a target each, beside the descriptors that other code has open.</summary>
    public long Clients => Limit == long.MaxValue ? long.MaxValue : Math.Max(0, (Limit - Volatile.Read(ref _others) - Reserve - Slack) / 2);

    /// <summary>Counts descriptors that were opened.</summary>
    public void Opened(int count = 1) => Interlocked.Add(ref _own, count);

    /// <summary>Counts descriptors that were closed.</summary>
    public void Closed(int count = 1) => Interlocked.Add(ref _own, -count);

    /// <summary>A client was accepted that will need another descriptor for its target; <see cref="Unexpect"/> when its request is complete, or
    /// it is gone.</summary>
    public void Expect() => Interlocked.Increment(ref _expected);

    /// <summary>See <see cref="Expect"/>.</summary>
    public void Unexpect() => Interlocked.Decrement(ref _expected);

    /// <summary>Asks for a socket.</summary>
    /// <exception cref="SocketException">There is none left; the message has the numbers.</exception>
    public void ThrowIfShort()
    {
        if (MayOpen) return;
        Interlocked.Increment(ref _refused);
        throw new SocketException((int)SocketError.TooManyOpenSockets,
            $"no descriptor is left: {Used} of {Limit} are in use (RLIMIT_NOFILE), and {Reserve} are kept for the process itself");
    }

    /// <summary>Waits until a client may be accepted.</summary>
    /// <param name="ended">Whether the listener is disposed, which ends the wait.</param>
    public ValueTask WaitForRoomAsync(Func<bool> ended) => WaitAsync(() => MayAccept, ended);

    /// <summary>Waits until a connection of an operator may be accepted.</summary>
    /// <inheritdoc cref="WaitForRoomAsync" path="/param"/>
    public ValueTask WaitForOneAsync(Func<bool> ended) => MayOpen ? default : WaitAsync(() => MayOpen, ended);

    /// <summary>Reads the limit, and how many descriptors other code in this process has opened.</summary>
    public void Refresh()
    {
        if (look() is not { } reading) return;
        Volatile.Write(ref _limit, reading.Limit);
        Volatile.Write(ref _others, Math.Max(0, reading.Open - Interlocked.Read(ref _own)));
    }

    private static DescriptorAccount CreateForProcess()
    {
        DescriptorAccount account = new(DescriptorReading.OfProcess);
        account.Refresh();
        return account;
    }

    private async ValueTask WaitAsync(Func<bool> hasRoom, Func<bool> ended)
    {
        Interlocked.Increment(ref _pauses);
        Interlocked.Increment(ref _waiting);
        try
        {
            while (!hasRoom() && !ended()) await Task.Delay(Pause).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
