using System.Buffers;
using System.Collections.Concurrent;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <summary>One WebSocket of the ECH tunnel in the plain format (docs/protocols.md): the common part of both sides.</summary>
/// <remarks>The format has no credit, so the carrier is not read while the reader of one session is behind. A client opens no further sessions
/// on a carrier that waits for long (docs/decisions/0067-a-slow-reader-has-its-carrier-to-itself.md).</remarks>
internal abstract partial class EchTunnelCarrier : ICarrier
{
    /// <summary>How long a peer may be silent while it has our data to read: it may be slow to read it, or gone.</summary>
    internal static readonly TimeSpan SilenceLimit = TimeSpan.FromMinutes(2);

    /// <summary>The most that one session may hold unread, in bytes.</summary>
    internal const int MaxUnread = 4 * 1024 * 1024;

    /// <summary>A peer that makes us answer faster than it reads is cut off here. That is 8 MiB at most: an answer has 64 bytes, the name of a
    /// target that a client of ours asks for 300, and datagrams are posted only where they do not wait.</summary>
    internal const int MaxAnswersDue = 8192;

    /// <summary>What an answer that waits for room costs with its wait, in bytes, about: it counts in the memory.</summary>
    internal const int OfAnswer = 1024;

    private readonly WebSocketConnection _socket;
    private readonly ConcurrentDictionary<Guid, IEchTunnelChannel> _channels = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;
    private volatile bool _goingAway;
    private int _closing;
    private int _answersDue;

    public LeftConnection? Left { get; set; }

    /// <param name="socket">The connection after its handshake; belongs to the carrier.</param>
    /// <param name="options">The most sessions, and the bytes they may hold unread beyond their first share.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Takes a line for the log when a session had to be ended.</param>
    /// <param name="memory">The bytes that sessions may hold unread beyond their first share; null: the carrier has them to itself.</param>
    protected EchTunnelCarrier(
        WebSocketConnection socket, TunnelSessionOptions options, TimeProvider time, Action<string> warn, MemoryBudget? memory = null)
    {
        _socket = socket;
        _socket.WriteFailed = Fail;
        MaxSessions = options.MaxStreams;
        Memory = memory ?? new MemoryBudget(options.WindowBudget, options.Server);
        Time = time;
        Warn = warn;
        _stall = new CarrierStall(Memory, time, socket.ShowLife);
    }

    public int StreamCount => _channels.Count;

    public virtual bool AcceptsStreams => !_goingAway && _failure is null;

    public Task Completion => _completion.Task;

    /// <summary>Why the carrier ended; null while it lives.</summary>
    public Exception? Failure => _failure;

    internal TimeProvider Time { get; }

    /// <summary>Takes a line for the log when a session had to be ended.</summary>
    internal Action<string> Warn { get; }

    /// <summary>The bytes that sessions may hold unread beyond their first share.</summary>
    internal MemoryBudget Memory { get; }

    /// <summary>The most sessions at a time.</summary>
    protected int MaxSessions { get; }

    /// <summary>Serves the carrier until it ends; its sessions have ended when it returns.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                if (Memory.IsOver) await WaitForMemoryAsync().ConfigureAwait(false);
                WebSocketMessage message = await _socket.ReceiveAsync(CancellationToken.None).ConfigureAwait(false);
                if (message.IsEnd) break;
                if (Handle(message.Payload.Span) is { IsBehind: true } stream) await WaitForReaderAsync(stream).ConfigureAwait(false);
            }
            Fail(new IOException("the peer closed the carrier"));
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        // Sessions that the last messages opened while the carrier failed elsewhere.
        foreach (IEchTunnelChannel channel in _channels.Values) channel.End(_failure!);
        await _socket.DisposeAsync().ConfigureAwait(false);
        _completion.TrySetResult();
    }

    /// <summary>No new sessions; the carrier closes with its last one. The format has no message for it.</summary>
    public void GoAway()
    {
        _goingAway = true;
        CloseIfUnused();
    }

    /// <summary>Ends the carrier at once, and all its sessions with an error.</summary>
    public async ValueTask DisposeAsync()
    {
        Fail(new IOException("the carrier was closed on this side"));
        await _completion.Task.ConfigureAwait(false);
    }

    /// <summary>Handles a message that is not for a live session, or opens or ends one.</summary>
    protected abstract void OnMessage(in EchTunnelMessage message);

    protected IEchTunnelChannel? Find(Guid id) => _channels.GetValueOrDefault(id);

    /// <summary>Adds a session.</summary>
    /// <returns>False when the id is taken.</returns>
    protected bool TryAdd(IEchTunnelChannel channel)
    {
        if (!_channels.TryAdd(channel.Id, channel)) return false;
        // A carrier that failed meanwhile has not seen this channel.
        if (_failure is not null) channel.End(_failure);
        return true;
    }

    internal void Remove(IEchTunnelChannel channel)
    {
        if (!_channels.TryRemove(new(channel.Id, channel))) return;
        OnRemoved(channel);
        CloseIfUnused();
    }

    /// <summary>Sends a message and waits while the carrier is full. The token ends the wait alone: half a message would cost the carrier,
    /// so it goes out all the same.</summary>
    internal ValueTask SendAsync(
        WebSocketOpcode opcode, EchTunnelMessageType type, Guid id, ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        ValueTask sending = SendWholeAsync(opcode, type, id, rest);
        return sending.IsCompleted || !cancellationToken.CanBeCanceled ? sending : new(sending.AsTask().WaitAsync(cancellationToken));
    }

    // The carrier has its own copy of the rest before it waits.
    private async ValueTask SendWholeAsync(WebSocketOpcode opcode, EchTunnelMessageType type, Guid id, ReadOnlyMemory<byte> rest)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(EchTunnelWire.MaxHeadLength + rest.Length);
        int length = EchTunnelWire.WriteHead(buffer, type, id);
        rest.CopyTo(buffer.AsMemory(length));
        await _socket.SendAsync(opcode, buffer.AsMemory(0, length + rest.Length), CancellationToken.None).ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Whether a message has to wait before it is sent. Datagrams are dropped then, as a network would.</summary>
    internal bool IsFull => _socket.IsFull;

    /// <summary>Sends a small text without waiting.</summary>
    internal void Post(EchTunnelMessageType type, Guid id, ReadOnlyMemory<byte> rest = default) => Post(WebSocketOpcode.Text, type, id, rest);

    /// <summary>Sends a message without waiting.</summary>
    internal void Post(WebSocketOpcode opcode, EchTunnelMessageType type, Guid id, ReadOnlyMemory<byte> rest)
    {
        if (_failure is not null) return;
        if (Interlocked.Increment(ref _answersDue) > MaxAnswersDue)
            Fail(new ProxyException(ProxyError.ProtocolViolation, "the peer makes more answers due than it reads"));
        else _ = PostAsync(opcode, type, id, rest);
    }

    private async Task PostAsync(WebSocketOpcode opcode, EchTunnelMessageType type, Guid id, ReadOnlyMemory<byte> rest)
    {
        try
        {
            ValueTask sending = SendAsync(opcode, type, id, rest, CancellationToken.None);
            if (!sending.IsCompleted) await WaitAsync(sending).ConfigureAwait(false);
            else await sending.ConfigureAwait(false);
            Interlocked.Decrement(ref _answersDue);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private async ValueTask WaitAsync(ValueTask sending)
    {
        Memory.Hold(OfAnswer);
        try
        {
            await sending.ConfigureAwait(false);
        }
        finally
        {
            Memory.Hold(-OfAnswer);
        }
    }

    // A message for a session that takes data; null for anything else.
    private EchTunnelStream? Handle(ReadOnlySpan<byte> bytes)
    {
        if (!EchTunnelMessage.TryRead(bytes, out EchTunnelMessage message))
            throw new ProxyException(ProxyError.ProtocolViolation, "a message has no id, or is cut short");
        if (message.Type == EchTunnelMessageType.Unknown) return null;
        if (message.Type != EchTunnelMessageType.Data)
        {
            OnMessage(message);
            return null;
        }
        // Data may still be on its way to a session that has ended here.
        if (Find(message.Id) is not EchTunnelStream stream) return null;
        stream.On(message);
        return stream;
    }

    private void CloseIfUnused()
    {
        if (_goingAway && _channels.IsEmpty && Interlocked.Exchange(ref _closing, 1) == 0) _ = CloseAsync();
    }

    // The peer answers with its own close frame, which ends the read loop.
    private async Task CloseAsync()
    {
        try
        {
            await _socket.SendCloseAsync(WebSocketCloseCode.GoingAway, "", CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    // First call wins. Ends all sessions and wakes the read loop.
    protected void Fail(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null) return;
        _stall.End();
        OnFailed(failure);
        foreach (IEchTunnelChannel channel in _channels.Values) channel.End(failure);
        _socket.Abort();
    }

    /// <summary>A session has ended.</summary>
    protected virtual void OnRemoved(IEchTunnelChannel channel) { }

    /// <summary>The carrier has failed; its sessions end right after.</summary>
    protected virtual void OnFailed(Exception failure) { }
}
