using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <summary>One TCP session of an <see cref="EchTunnelCarrier"/>. The format ends both directions with one CLOSE:</summary>
/// <remarks>
/// <code>
/// the server's target ends          the server sends CLOSE behind the data; what the client sends afterwards is lost
/// the client's application ends     nothing is sent while data still comes, so that an answer is whole; CLOSE after a silence
/// CLOSE comes                       what came before is still read, then the end; nothing more can be sent
/// aborted, disposed                 CLOSE
/// </code>
/// </remarks>
internal sealed class EchTunnelStream : CarriedStream, IEchTunnelChannel
{
    /// <summary>How long a server may be silent towards an application that sends no more.</summary>
    internal static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    /// <summary>How many of the unread bytes a reader takes before its carrier is read again.</summary>
    internal const int Batch = 256 * 1024;

    private readonly EchTunnelCarrier _carrier;
    private readonly bool _isServer;
    private readonly StreamAnswer<bool>? _connected;
    private TaskCompletionSource? _progress;
    private Task? _answered;
    private ITimer? _lingering;
    private long _lastData;
    private long _awaited;
    private long _grown;
    private long _peerClosedAt;
    private bool _closed;
    private volatile bool _answerDue;
    private bool _disposed;

    /// <param name="carrier">The carrier.</param>
    /// <param name="id">The session's id.</param>
    /// <param name="isServer">True on the side that dials.</param>
    public EchTunnelStream(EchTunnelCarrier carrier, Guid id, bool isServer) : base(carrier.Memory)
    {
        _carrier = carrier;
        _isServer = isServer;
        _connected = isServer ? null : new StreamAnswer<bool>();
        Id = id;
    }

    public Guid Id { get; }

    /// <summary>On the client: completes when the server has connected; fails when it could not, or the carrier has ended.</summary>
    public Task Connected => _connected!.Task;

    /// <summary>How our own limits hold back its reader, where they hold back all sessions of the carrier; otherwise null.</summary>
    public IReaderHold? Hold { get; set; }

    /// <summary>True when the carrier must not go on reading before <see cref="WaitForReaderAsync"/>.</summary>
    public bool IsBehind => Unread > TunnelWire.InitialWindow + Volatile.Read(ref _grown);

    // Sessions under a limit of ours are read at its pace.
    public override long Waiting => Hold?.Group is null ? Unread : 0;

    public override ValueTask<StreamRead> TryReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _answerDue ? TryReadAnsweredAsync(buffer, cancellationToken) : base.TryReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_answerDue) await AnswerAsync().ConfigureAwait(false);
        while (!buffer.IsEmpty)
        {
            if (Volatile.Read(ref _closed))
            {
                if (Discards) return;
                throw new IOException("the session has ended");
            }
            ReadOnlyMemory<byte> part = buffer[..Math.Min(buffer.Length, EchTunnelWire.MaxData)];
            await _carrier.SendAsync(WebSocketOpcode.Binary, EchTunnelMessageType.Data, Id, part, cancellationToken).ConfigureAwait(false);
            buffer = buffer[part.Length..];
        }
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        if (_isServer) return EndOnServerAsync(cancellationToken);
        lock (Sync)
        {
            if (_closed || _lingering is not null) return default;
            _lastData = _carrier.Time.GetTimestamp();
            _lingering = _carrier.Time.CreateTimer(_ => CheckSilence(), null, Linger, Timeout.InfiniteTimeSpan);
        }
        return default;
    }

    public override void Abort() => Close(new IOException("the session was aborted on this side"));

    /// <summary>On the server: the target is connected. CONNECTED is sent once the relay has written the first frame, which it reads before
    /// it reads this stream.</summary>
    public void Accept() => _answerDue = true;

    /// <summary>On the server: reports to the client, once, that its target is connected. Nothing else is sent before that.</summary>
    public async ValueTask AnswerAsync()
    {
        Task answered;
        lock (Sync)
        {
            answered = _answered ??= _closed
                ? Task.CompletedTask
                : _carrier.SendAsync(WebSocketOpcode.Text, EchTunnelMessageType.Connected, Id, default, CancellationToken.None).AsTask();
        }
        await answered.ConfigureAwait(false);
        _answerDue = false;
    }

    /// <summary>On the server: the target cannot be connected.</summary>
    public void Refuse() => Close(new IOException("the destination could not be reached"));

    public void On(in EchTunnelMessage message)
    {
        switch (message.Type)
        {
            case EchTunnelMessageType.Data:
                OnData(message.Rest);
                break;
            case EchTunnelMessageType.Connected:
                _connected?.Give(true);
                break;
            case EchTunnelMessageType.Close:
                Volatile.Write(ref _peerClosedAt, _carrier.Time.GetTimestamp());
                Finish(null);
                break;
        }
    }

    public void End(Exception reason) => Finish(reason);

    public override void GiveUp(string why)
    {
        string told = $"{Unread / 1024} KiB wait for its reader, and {why}";
        EndSlow(told);
        // Also where it had ended in order.
        lock (Sync)
        {
            Lose(new IOException($"the session was ended: {told}"));
            Shrink();
        }
    }

    /// <summary>Ends it since its reader is behind, and says why in the log.</summary>
    /// <param name="why">Why, for the reader too.</param>
    /// <param name="advice">More for the log.</param>
    public void EndSlow(string why, string advice = "")
    {
        _carrier.Warn($"a session of the ECH tunnel was ended: {why}{advice}");
        Close(new IOException($"the session was ended: {why}"));
    }

    /// <summary>Waits until the reader has taken a <see cref="Batch"/> of the unread bytes. Returns at once where it is not behind any
    /// more.</summary>
    /// <returns>False when the reader has not taken them within the time.</returns>
    public async ValueTask<bool> WaitForReaderAsync(TimeSpan limit)
    {
        Task progress;
        lock (Sync)
        {
            // The reader may have caught up since the carrier saw it behind: the awaited event must be one that can still come.
            if (_closed || _disposed || !IsBehind) return true;
            _awaited = Math.Max(0, Unread - Batch);
            _progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            progress = _progress.Task;
        }
        await progress.WaitAsync(limit, _carrier.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return progress.IsCompleted;
    }

    /// <summary>Whether our own limits held the reader back at any time since the mark was taken; renews the mark.</summary>
    public bool WasHeldSince(ref long mark) => Hold?.HeldSince(ref mark) == true;

    protected override void OnRead(int count)
    {
        long unread = Unread;
        if (unread == 0 && Volatile.Read(ref _grown) > 0)
        {
            lock (Sync)
                if (Unread == 0) Shrink();
        }
        if (Volatile.Read(ref _progress) is { } progress && unread <= Volatile.Read(ref _awaited)) progress.TrySetResult();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close(new IOException("the session was closed on this side"));
            lock (Sync)
            {
                if (!_disposed)
                {
                    _disposed = true;
                    Lose(new IOException("the session was closed on this side"));
                    Shrink();
                    _progress?.TrySetResult();
                }
            }
        }
        base.Dispose(disposing);
    }

    // The peer has ended both directions in order: it does not want the bytes we still had to send, and the bytes before its CLOSE are still read.
    private bool Discards => Volatile.Read(ref _peerClosedAt) is not 0 and long at && _carrier.Failure is null && _carrier.Time.GetElapsedTime(at) < Linger;

    private void OnData(ReadOnlySpan<byte> data)
    {
        // The lock keeps the buffer from being given back while it is written.
        lock (Sync)
        {
            if (_closed || _disposed || data.IsEmpty) return;
            data.CopyTo(GetRoom(data.Length));
            Take(data.Length);
            while (IsBehind && TryGrow())
            {
            }
            if (_lingering is not null) _lastData = _carrier.Time.GetTimestamp();
        }
        Publish();
    }

    private async ValueTask<StreamRead> TryReadAnsweredAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            await AnswerAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new StreamRead(0, exception);
        }
        return await base.TryReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    // Under the lock. As much again, up to the most that a session may hold.
    private bool TryGrow()
    {
        if (_grown + TunnelWire.InitialWindow >= EchTunnelCarrier.MaxUnread || _carrier.Memory.Take(TunnelWire.InitialWindow) == 0) return false;
        _grown += TunnelWire.InitialWindow;
        return true;
    }

    // Under the lock. The carrier has the memory again.
    private void Shrink()
    {
        _carrier.Memory.Return(_grown);
        _grown = 0;
    }

    // The client sends nothing more once it knows of the end, so no more bytes than these will come.
    private async ValueTask EndOnServerAsync(CancellationToken cancellationToken)
    {
        if (_answerDue) await AnswerAsync().ConfigureAwait(false);
        if (Volatile.Read(ref _closed)) return;
        await _carrier.SendAsync(WebSocketOpcode.Text, EchTunnelMessageType.Close, Id, default, cancellationToken).ConfigureAwait(false);
        Finish(null);
    }

    private void CheckSilence()
    {
        TimeSpan left;
        lock (Sync)
        {
            if (_closed) return;
            TimeSpan silence = _carrier.Time.GetElapsedTime(_lastData);
            // A session is not silent while its carrier is not read: data may wait in the carrier.
            left = Linger - (silence < _carrier.ReadingFor ? silence : _carrier.ReadingFor);
            if (left > TimeSpan.Zero) _lingering!.Change(left, Timeout.InfiniteTimeSpan);
        }
        if (left <= TimeSpan.Zero) Finish(null, tell: true);
    }

    private void Close(Exception reason) => Finish(reason, tell: true);

    // Null: an end in order. The first call counts.
    private void Finish(Exception? reason, bool tell = false)
    {
        lock (Sync)
        {
            if (_closed) return;
            _closed = true;
        }
        // Before the removal, which may be what ends the carrier.
        if (tell) _carrier.Post(EchTunnelMessageType.Close, Id);
        _lingering?.Dispose();
        EndReceiving(reason);
        if (reason is not null) lock (Sync) Shrink();
        _progress?.TrySetResult();
        _connected?.Fail(reason ?? new IOException("the tunnel server could not connect; it gives no reason"));
        _carrier.Remove(this);
    }
}
