using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <content>The wait for a session whose reader is behind. The carrier is not read meanwhile, so that the sender slows down.</content>
internal abstract partial class EchTunnelCarrier
{
    /// <summary>A carrier that has waited for so long, with less than <see cref="EchTunnelStream.Batch"/> taken, is slow.</summary>
    internal static readonly TimeSpan StallTime = TimeSpan.FromSeconds(1);

    // Stands for a time: since the beginning, and not now.
    private const long Always = long.MinValue;
    private const long Never = long.MaxValue;

    private readonly CarrierStall _stall;
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
        _stall.ShowLife();
        long mark = 0;
        stream.WasHeldSince(ref mark);
        (long since, long unread) = (Time.GetTimestamp(), stream.Unread);
        while (!await stream.WaitForReaderAsync(StallTime).ConfigureAwait(false))
        {
            _stall.ShowLife();
            bool held = stream.WasHeldSince(ref mark);
            if (!held) OnSlow();
            if (!stream.IsBehind) break;
            if (held || unread - stream.Unread >= CarrierStall.LeastProgress)
            {
                (since, unread) = (Time.GetTimestamp(), stream.Unread);
            }
            else if (Time.GetElapsedTime(since) >= CarrierStall.Patience && OthersWait)
            {
                stream.EndSlow(
                    $"its reader took less than {CarrierStall.LeastProgress / 1024} KiB in {DurationText.Seconds(CarrierStall.Patience)} with "
                    + $"{unread / 1024} KiB waiting, and others wait behind it",
                    ". The plain format cannot hold one sender back; between two of ours this does not happen");
                break;
            }
        }
        Volatile.Write(ref _readingSince, Time.GetTimestamp());
    }

    // Not for one reader, but until all readers together have made room (limits.memory).
    private async ValueTask WaitForMemoryAsync()
    {
        Volatile.Write(ref _readingSince, Never);
        await _stall.WaitForMemoryAsync().ConfigureAwait(false);
        Volatile.Write(ref _readingSince, Time.GetTimestamp());
    }
}
