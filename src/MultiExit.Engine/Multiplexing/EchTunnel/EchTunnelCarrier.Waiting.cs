using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <content>The wait for a session whose reader is behind. The carrier is not read meanwhile, so that the sender slows down.</content>
internal abstract partial class EchTunnelCarrier
{
    /// <summary>The bytes that a reader which is behind has to take within <see cref="Patience"/> while others wait for it.</summary>
    internal const int LeastProgress = 16 * 1024;

    /// <summary>A carrier that has waited for so long, with less than <see cref="EchTunnelStream.Batch"/> taken, is slow.</summary>
    internal static readonly TimeSpan StallTime = TimeSpan.FromSeconds(1);

    /// <summary>The longest that others wait for a reader that takes next to nothing.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Peers ping every 10 s and wait 10 s for an answer.
    private static readonly TimeSpan ShowLifeEvery = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    // Stands for a time: since the beginning, and not now.
    private const long Always = long.MinValue;
    private const long Never = long.MaxValue;

    private long _lifeShown;
    private TaskCompletionSource? _stallEnds;
    private long _readingSince = Always;

    /// <summary>For how long the carrier has been read as its data came: a session that is silent for longer may have data waiting in it.</summary>
    internal TimeSpan ReadingFor => Volatile.Read(ref _readingSince) switch
    {
        Always => TimeSpan.MaxValue,
        Never => TimeSpan.Zero,
        long since => Time.GetElapsedTime(since),
    };

    /// <summary>Whether another session may be waiting behind the data of a session whose reader is behind.</summary>
    protected virtual bool OthersWait => StreamCount > 1;

    /// <summary>The carrier is as slow as the reader of one of its sessions.</summary>
    protected virtual void OnSlow() { }

    // A reader that one of our own limits holds back is waited for as long as it takes: all sessions of its carrier are under the same limit.
    private async ValueTask WaitForReaderAsync(EchTunnelStream stream)
    {
        Volatile.Write(ref _readingSince, Never);
        // Also where each wait is short: there may be many of them between the peer's ping and this read.
        ShowLife();
        long mark = 0;
        stream.WasHeldSince(ref mark);
        (long since, long unread) = (Time.GetTimestamp(), stream.Unread);
        while (!await stream.WaitForReaderAsync(StallTime).ConfigureAwait(false))
        {
            ShowLife();
            bool held = stream.WasHeldSince(ref mark);
            if (!held) OnSlow();
            if (!stream.IsBehind) break;
            if (held || unread - stream.Unread >= LeastProgress)
            {
                (since, unread) = (Time.GetTimestamp(), stream.Unread);
            }
            else if (Time.GetElapsedTime(since) >= Patience && OthersWait)
            {
                EndSlow(stream, unread);
                break;
            }
        }
        Volatile.Write(ref _readingSince, Time.GetTimestamp());
    }

    // Not for one reader, but until all readers together have made room (limits.memory).
    private async ValueTask WaitForMemoryAsync()
    {
        Memory.CountStall();
        TaskCompletionSource ends = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _stallEnds, ends); // a carrier that fails from here on ends the wait
        Volatile.Write(ref _readingSince, Never);
        while (Memory.IsOver && Failure is null)
        {
            ShowLife();
            await ends.Task.WaitAsync(LookAgain, Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        Volatile.Write(ref _readingSince, Time.GetTimestamp());
    }

    private void EndSlow(EchTunnelStream stream, long unread)
    {
        string why = $"its reader took less than {LeastProgress / 1024} KiB in {DurationText.Seconds(Patience)} with {unread / 1024} KiB waiting, "
            + "and others wait behind it";
        _warn($"a session of the ECH tunnel was ended: {why}. The plain format cannot hold one sender back; between two of ours this does not happen");
        Post(Protocols.EchTunnel.EchTunnelMessageType.Close, stream.Id);
        stream.End(new IOException($"the session was ended: {why}"));
    }

    // The peer's pings are queued behind data that is not read for now; the answers to them would come too late.
    private void ShowLife()
    {
        long now = Time.GetTimestamp();
        if (_lifeShown != 0 && Time.GetElapsedTime(_lifeShown, now) < ShowLifeEvery) return;
        _lifeShown = now;
        _socket.ShowLife();
    }
}
