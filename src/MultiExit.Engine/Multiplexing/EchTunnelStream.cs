using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Multiplexing;

/// <summary>One TCP session of an <see cref="EchTunnelCarrier"/>. The format ends both directions with one CLOSE:</summary>
/// <remarks>
/// <code>
/// the server's target ends          the server sends CLOSE behind the data; what the client sends afterwards is lost
/// the client's application ends     nothing is sent while data still comes, so that an answer is whole; CLOSE after a silence
/// CLOSE comes                       what came before is still read, then the end; nothing more can be sent
/// aborted, disposed                 CLOSE
/// </code>
/// </remarks>
internal sealed class EchTunnelStream : DuplexStream, IEchTunnelChannel
{
    /// <summary>How long a server may be silent towards an application that sends no more.</summary>
    internal static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    // The carrier bounds what is unread, so the pipe itself never pauses its writer, the carrier's reader.
    private static readonly PipeOptions PipeOptions = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);

    private readonly EchTunnelCarrier _carrier;
    private readonly bool _isServer;
    private readonly Pipe _received = new(PipeOptions);
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private TaskCompletionSource? _progress;
    private Task? _answered;
    private ITimer? _lingering;
    private long _lastData;
    private long _unread;
    private long _awaited;
    private long _grown;
    private bool _closed;
    private volatile Exception? _lost;
    private volatile bool _answerDue;
    private bool _disposed;

    /// <param name="carrier">The carrier.</param>
    /// <param name="id">The session's id.</param>
    /// <param name="isServer">True on the side that dials.</param>
    public EchTunnelStream(EchTunnelCarrier carrier, Guid id, bool isServer)
    {
        _carrier = carrier;
        _isServer = isServer;
        Id = id;
    }

    public Guid Id { get; }

    /// <summary>On the client: completes when the server has connected; fails when it could not, or the carrier has ended.</summary>
    public Task Connected => _connected.Task;

    /// <summary>How limits of our own hold back its reader, where all sessions of the carrier are held back by them; else null.</summary>
    public IReaderHold? Hold { get; set; }

    /// <summary>What its reader has not taken yet, in bytes.</summary>
    public long Unread => Interlocked.Read(ref _unread);

    /// <summary>True when the carrier must not go on reading before <see cref="WaitForReaderAsync"/>.</summary>
    public bool IsBehind => Unread > TunnelWire.InitialWindow + Volatile.Read(ref _grown);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_answerDue) await AnswerAsync().ConfigureAwait(false);
        ValueTask<ReadResult> reading;
        lock (_lock)
        {
            ThrowIfLost();
            reading = _received.Reader.ReadAsync(cancellationToken);
        }
        ReadResult result = await reading.ConfigureAwait(false);
        // The lock keeps the data from being given back while it is copied.
        lock (_lock)
        {
            ThrowIfLost();
            int count = _received.Reader.Take(result, buffer.Span);
            if (count > 0) Consumed(count);
            return count;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_answerDue) await AnswerAsync().ConfigureAwait(false);
        while (!buffer.IsEmpty)
        {
            if (Volatile.Read(ref _closed)) throw new IOException("the session has ended");
            ReadOnlyMemory<byte> part = buffer[..Math.Min(buffer.Length, EchTunnelWire.MaxData)];
            await _carrier.SendAsync(WebSocketOpcode.Binary, EchTunnelMessageType.Data, Id, part, cancellationToken).ConfigureAwait(false);
            buffer = buffer[part.Length..];
        }
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        if (_isServer) return EndOnServerAsync(cancellationToken);
        lock (_lock)
        {
            if (_closed || _lingering is not null) return default;
            _lastData = _carrier.Time.GetTimestamp();
            _lingering = _carrier.Time.CreateTimer(_ => CheckSilence(), null, Linger, Timeout.InfiniteTimeSpan);
        }
        return default;
    }

    public override void Abort() => Close(new IOException("the session was aborted on this side"));

    /// <summary>On the server: the target is connected. The client is told once the first frame, which the reader has before it reads here, is written.</summary>
    public void Accept() => _answerDue = true;

    /// <summary>On the server: tells the client, once, that its target is connected. Nothing else is sent before that.</summary>
    public async ValueTask AnswerAsync()
    {
        Task answered;
        lock (_lock)
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
                _connected.TrySetResult();
                break;
            case EchTunnelMessageType.Close:
                Finish(null);
                break;
        }
    }

    public void End(Exception reason) => Finish(reason);

    /// <summary>Waits for the reader to get on with what is unread.</summary>
    /// <param name="limit">How long, not counting the times in which limits of our own hold the reader back.</param>
    /// <param name="held">Called now and then while they do.</param>
    /// <returns>False when it has not within the time.</returns>
    public async ValueTask<bool> WaitForReaderAsync(TimeSpan limit, Action held)
    {
        long mark = 0;
        Hold?.HeldSince(ref mark);
        Task progress;
        lock (_lock)
        {
            if (_closed || _disposed) return true;
            _awaited = Unread - EchTunnelCarrier.LeastProgress;
            _progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            progress = _progress.Task;
        }
        Interlocked.MemoryBarrier(); // the reader counts before it looks for who waits
        while (Unread > _awaited)
        {
            await progress.WaitAsync(limit, _carrier.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (progress.IsCompleted || Unread <= _awaited) return true;
            if (Hold?.HeldSince(ref mark) != true) return false;
            held();
            if (!IsBehind) return true;
        }
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close(new IOException("the session was closed on this side"));
            lock (_lock)
            {
                if (!_disposed)
                {
                    _disposed = true;
                    Forget();
                    _progress?.TrySetResult();
                }
            }
        }
        base.Dispose(disposing);
    }

    // Completes at once: the pipe never pauses.
    [SuppressMessage("Reliability", "CA2012", Justification = "It has completed.")]
    private void OnData(ReadOnlySpan<byte> data)
    {
        // The lock keeps the buffer from being given back while it is written.
        lock (_lock)
        {
            if (_closed || _disposed || data.IsEmpty) return;
            data.CopyTo(_received.Writer.GetSpan(data.Length));
            _received.Writer.Advance(data.Length);
            Interlocked.Add(ref _unread, data.Length);
            while (IsBehind && TryGrow())
            {
            }
            if (_lingering is not null) _lastData = _carrier.Time.GetTimestamp();
        }
        _ = _received.Writer.FlushAsync();
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

    // Under the lock. What was received is of no use any more.
    private void Forget()
    {
        _received.Reader.Complete();
        Interlocked.Exchange(ref _unread, 0);
        Shrink();
    }

    private void ThrowIfLost()
    {
        if (_lost is { } reason) throw new IOException(reason.Message, reason);
    }

    // Under the lock.
    private void Consumed(int count)
    {
        long unread = Interlocked.Add(ref _unread, -count);
        if (unread == 0 && _grown > 0) Shrink();
        if (Volatile.Read(ref _progress) is { } progress && unread <= Volatile.Read(ref _awaited)) progress.TrySetResult();
    }

    // The client sends nothing more once it knows, so what it has sent is all there is to read.
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
        lock (_lock)
        {
            if (_closed) return;
            left = Linger - _carrier.Time.GetElapsedTime(_lastData);
            if (left > TimeSpan.Zero) _lingering!.Change(left, Timeout.InfiniteTimeSpan);
        }
        if (left <= TimeSpan.Zero) Finish(null, tell: true);
    }

    private void Close(Exception reason) => Finish(reason, tell: true);

    // Null: an end in order. The first call counts.
    private void Finish(Exception? reason, bool tell = false)
    {
        lock (_lock)
        {
            if (_closed) return;
            _closed = true;
        }
        // Before the removal, which may be what ends the carrier.
        if (tell) _carrier.Post(EchTunnelMessageType.Close, Id);
        _lingering?.Dispose();
        _received.Writer.Complete(reason is null ? null : new IOException(reason.Message, reason));
        if (reason is not null)
        {
            // Its reader may be busy with a target that takes nothing, for long.
            lock (_lock)
            {
                _lost = reason;
                if (!_disposed) Forget();
            }
        }
        _progress?.TrySetResult();
        _connected.TrySetException(reason ?? new IOException("the tunnel server could not connect; it gives no reason"));
        _ = _connected.Task.Exception; // observed: nobody may be waiting
        _carrier.Remove(this);
    }
}
