using System.Buffers;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Dispatching;

/// <summary>The datagrams of an association on their way: a bounded queue for each destination, so that one that has to wait, for a name
/// or for a proxy, delays no other. Thread-safe.</summary>
/// <param name="send">Sends one datagram, for as long as that takes. Throws only when it is canceled.</param>
/// <param name="dropped">Called for each datagram for which there was no room, with its destination and the reason.</param>
/// <param name="time">The clock.</param>
/// <param name="memory">The memory of the server, which waiting datagrams take a part of; null: it is not shared.</param>
/// <remarks>Where a bound of the association is reached, the destination that has waited longest makes room, so destinations that hang,
/// however many, cannot keep a new one out.</remarks>
internal sealed class UdpLanes(
    Func<UdpLane, ReadOnlyMemory<byte>, CancellationToken, ValueTask> send, Action<Destination, string> dropped, TimeProvider time,
    ServerMemory? memory = null)
{
    /// <summary>The destinations that are remembered.</summary>
    public const int MaxLanes = 256;

    /// <summary>The datagrams that wait for one destination.</summary>
    public const int MaxWaiting = 32;

    /// <summary>The bytes that wait for one destination.</summary>
    public const int MaxLaneBytes = 128 * 1024;

    /// <summary>The bytes that wait for all destinations of the association.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>How long a destination is remembered after its last datagram.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<Destination, UdpLane> _lanes = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _swept = time.GetTimestamp();
    private int _bytes;
    private int _running;
    private bool _closed;

    /// <summary>The destinations that are remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _lanes.Count;
        }
    }

    /// <summary>Takes a copy of a datagram. Where its destination has nothing to wait for, it is sent before this returns.</summary>
    public void Add(Destination destination, ReadOnlySpan<byte> datagram)
    {
        List<(Destination, string)>? lost = null;
        UdpLane? lane = null;
        bool idle = false;
        lock (_lock)
        {
            if (_closed) return;
            SweepIdle();
            UdpLane found = Find(destination, ref lost);
            if (found.IsBusy && (found.Waiting.Count >= MaxWaiting || found.Bytes + datagram.Length > MaxLaneBytes))
            {
                (lost ??= []).Add((destination, "too many wait for it already"));
            }
            else if (found.IsBusy && memory?.Left < datagram.Length)
            {
                (lost ??= []).Add((destination, "the server has no memory for it (limits.memory)"));
            }
            else
            {
                while (_bytes + datagram.Length > MaxBytes && LongestWaiting(found) is { } other) End(other, ref lost);
                byte[] copy = ArrayPool<byte>.Shared.Rent(datagram.Length);
                datagram.CopyTo(copy);
                found.Waiting.Enqueue((copy, datagram.Length));
                found.Bytes += datagram.Length;
                _bytes += datagram.Length;
                memory?.Add(datagram.Length);
                lane = found;
                if (!found.IsBusy)
                {
                    idle = found.IsBusy = true;
                    _running++;
                }
            }
        }
        if (lost is not null)
            foreach ((Destination whose, string why) in lost) dropped(whose, why);
        if (idle) _ = SendAllAsync(lane!);
    }

    /// <summary>The routes through an exit are chosen again.</summary>
    public void Forget(Func<UdpLane, bool> which)
    {
        lock (_lock)
            foreach (UdpLane lane in _lanes.Values)
                if (which(lane)) lane.Route = null;
    }

    /// <summary>Ends all waiting; no datagram is being sent any more when it returns.</summary>
    public async ValueTask CloseAsync()
    {
        UdpLane[] lanes;
        lock (_lock)
        {
            if (_closed) return;
            _closed = true;
            if (_running == 0) _drained.TrySetResult();
            lanes = [.. _lanes.Values];
        }
        foreach (UdpLane lane in lanes) await lane.Ended.CancelAsync().ConfigureAwait(false);
        await _drained.Task.ConfigureAwait(false);
        foreach (UdpLane lane in lanes) lane.Ended.Dispose();
    }

    private async Task SendAllAsync(UdpLane lane)
    {
        while (Next(lane) is { } datagram)
        {
            try
            {
                await send(lane, datagram.Data.AsMemory(0, datagram.Length), lane.Ended.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The lane has ended, or the association.
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(datagram.Data);
                lock (_lock)
                {
                    if (!lane.HasEnded) Release(lane, datagram.Length);
                }
            }
        }
    }

    private (byte[] Data, int Length)? Next(UdpLane lane)
    {
        lock (_lock)
        {
            lane.Since = time.GetTimestamp();
            if (!_closed && !lane.HasEnded && lane.Waiting.TryDequeue(out (byte[] Data, int Length) next)) return next;
            if (!lane.HasEnded) Empty(lane);
            lane.IsBusy = false;
            if (--_running == 0 && _closed) _drained.TrySetResult();
            return null;
        }
    }

    private UdpLane Find(Destination destination, ref List<(Destination, string)>? lost)
    {
        if (_lanes.TryGetValue(destination, out UdpLane? lane)) return lane;
        if (_lanes.Count >= MaxLanes)
        {
            UdpLane oldest = _lanes.Values.MinBy(candidate => (candidate.IsBusy, candidate.Since))!;
            End(oldest, ref lost);
        }
        return _lanes[destination] = new UdpLane(destination) { Since = time.GetTimestamp() };
    }

    private UdpLane? LongestWaiting(UdpLane but) =>
        _lanes.Values.Where(lane => lane.Bytes > 0 && lane != but).MinBy(lane => lane.Since);

    private void SweepIdle()
    {
        long now = time.GetTimestamp();
        if (time.GetElapsedTime(_swept, now) < SweepEvery) return;
        _swept = now;
        List<(Destination, string)>? none = null;
        foreach (UdpLane lane in _lanes.Values.ToArray())
            if (!lane.IsBusy && time.GetElapsedTime(lane.Since, now) >= IdleLimit) End(lane, ref none);
    }

    private void End(UdpLane lane, ref List<(Destination, string)>? lost)
    {
        _lanes.Remove(lane.Destination);
        int count = lane.Waiting.Count + (lane.IsBusy ? 1 : 0);
        for (int i = 0; i < count; i++) (lost ??= []).Add((lane.Destination, "it has waited longest of all and others need the room"));
        Empty(lane);
        // The datagram that is being sent counts no more, though its memory is given back a moment later.
        Release(lane, lane.Bytes);
        lane.HasEnded = true;
        // Not disposed: without a timer there is nothing to dispose, and the datagram on its way still looks at the token.
        _ = lane.Ended.CancelAsync();
    }

    private void Empty(UdpLane lane)
    {
        while (lane.Waiting.TryDequeue(out (byte[] Data, int Length) left))
        {
            ArrayPool<byte>.Shared.Return(left.Data);
            Release(lane, left.Length);
        }
    }

    private void Release(UdpLane lane, int bytes)
    {
        lane.Bytes -= bytes;
        _bytes -= bytes;
        memory?.Add(-bytes);
    }
}
