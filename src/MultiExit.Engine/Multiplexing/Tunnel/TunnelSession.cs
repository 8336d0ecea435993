using System.Collections.Concurrent;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <summary>One carrier of the tunnel protocol after its handshake: many streams on one connection (docs/protocols.md).</summary>
/// <remarks>Reading is one loop that never waits for a reader: the window of a stream bounds the bytes that it may hold unread. Writing
/// goes through one buffer, which the first writer also flushes in its turn, so that frames of many streams leave in few writes.</remarks>
internal sealed partial class TunnelSession : ICarrier
{
    // Ids are used once only.
    private const uint LastStreamId = uint.MaxValue - 2;

    private readonly DuplexStream _stream;
    private readonly TunnelSessionOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<TunnelOpen, Task>? _accept;
    private readonly ConcurrentDictionary<uint, ITunnelChannel> _channels = new();
    private readonly MemoryBudget _windows;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _opening = new();
    private readonly ITimer _pinger;
    private uint _lastOpened;
    private Exception? _failure;
    private volatile bool _goingAway;
    private int _drained;

    public LeftConnection? Left { get; set; }

    /// <summary>Takes over the connection; <see cref="RunAsync"/> serves it.</summary>
    /// <param name="stream">The connection after the handshake.</param>
    /// <param name="sealer">This side's direction; disposed with the session.</param>
    /// <param name="opener">The peer's direction; disposed with the session.</param>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="accept">On the server: serves a stream that the client opened. Null on a client, where the peer opens no streams.</param>
    public TunnelSession(
        DuplexStream stream, TunnelFrameSealer sealer, TunnelFrameOpener opener, TunnelSessionOptions options, TimeProvider time,
        Func<TunnelOpen, Task>? accept = null)
    {
        _stream = stream;
        _sealer = sealer;
        _opener = opener;
        _options = options;
        _time = time;
        _accept = accept;
        _windows = new MemoryBudget(options.WindowBudget, options.Server);
        _stall = new CarrierStall(_windows, time, () => Send(TunnelFrameType.Padding, 0, []));
        _lastReceived = time.GetTimestamp();
        _writer = new GatheringWriter(stream, HighWater)
        {
            Pause = options.MaxDelay > TimeSpan.Zero ? () => Task.Delay(options.MaxDelay * Random.Shared.NextDouble(), time) : null,
            Completed = OnWritingClosed,
            Failed = Fail,
        };
        _pinger = time.CreateTimer(_ => CheckAlive(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes a line for the log when a stream had to be ended.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>When the peer was heard last (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    internal long LastReceived => Volatile.Read(ref _lastReceived);

    /// <summary>The bytes that it holds for readers that do not keep up.</summary>
    internal MemoryBudget Memory => _windows;

    public int StreamCount => _channels.Count;

    public bool AcceptsStreams => !_goingAway && _failure is null;

    public Task Completion => _completion.Task;

    /// <summary>Why the carrier ended; null while it lives.</summary>
    public Exception? Failure => _failure;

    /// <summary>Whether a round trip was seen.</summary>
    public bool IsMeasured => _measured;

    /// <summary>The shortest round trip seen.</summary>
    public TimeSpan RoundTrip { get; private set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Serves the carrier until it ends; its streams have ended when it returns.</summary>
    public async Task RunAsync()
    {
        SendPing();
        _pinger.Change(FirstCheck, Timeout.InfiniteTimeSpan);
        try
        {
            await ReadFramesAsync().ConfigureAwait(false);
            Fail(new IOException("the peer closed the carrier"));
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        // Streams that the last frames opened while the carrier failed elsewhere.
        foreach (ITunnelChannel channel in _channels.Values) channel.End(_failure!);
        await _pinger.DisposeAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        ReleaseSealer();
        _opener.Dispose();
        _completion.TrySetResult();
    }

    /// <summary>Opens a TCP stream; the first payload goes with the request.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="firstPayload">The first payload; set to nothing when the carrier is too full to take it.</param>
    /// <returns>The stream; its answer is to be awaited. Null when the carrier takes no more streams.</returns>
    public TunnelStream? TryOpenStream(Destination destination, ref ReadOnlyMemory<byte> firstPayload)
    {
        if (IsFull) firstPayload = default;
        TunnelStream? stream = (TunnelStream?)TryOpen(
            id => new TunnelStream(this, id, CreateWindow(), asked: true), TunnelConnectKind.Tcp, destination, firstPayload.Span);
        stream?.TakeCredit(firstPayload.Length);
        return stream;
    }

    /// <summary>Opens a UDP association.</summary>
    public TunnelDatagrams? TryOpenDatagrams() =>
        (TunnelDatagrams?)TryOpen(id => new TunnelDatagrams(this, id, asked: true), TunnelConnectKind.Udp, TunnelDatagrams.AnyDestination, []);

    /// <summary>Asks the peer to open no more streams here. The carrier goes on until its last stream has ended.</summary>
    public void GoAway()
    {
        uint last;
        lock (_opening)
        {
            if (_goingAway) return;
            _goingAway = true;
            last = _lastOpened;
        }
        Span<byte> payload = stackalloc byte[TunnelControl.GoAwayLength];
        Send(TunnelFrameType.GoAway, 0, payload[..TunnelControl.WriteGoAway(payload, last)]);
        EndWhenUnused();
    }

    /// <summary>Ends the carrier at once, and all its streams with an error.</summary>
    public async ValueTask DisposeAsync()
    {
        Fail(new IOException("the carrier was closed on this side"));
        await _completion.Task.ConfigureAwait(false);
    }

    internal void Remove(ITunnelChannel channel)
    {
        if (_channels.TryRemove(channel.Id, out _)) EndWhenUnused();
    }

    private ReceiveWindow CreateWindow() => new(_windows, _time);

    private ITunnelChannel? TryOpen(
        Func<uint, ITunnelChannel> create, TunnelConnectKind kind, Destination destination, ReadOnlySpan<byte> firstPayload)
    {
        Span<byte> head = stackalloc byte[TunnelConnect.MaxHeadLength];
        head = head[..TunnelConnect.WriteHead(head, kind, destination)];
        lock (_opening)
        {
            if (!AcceptsStreams) return null;
            uint id = _lastOpened == 0 ? 1 : _lastOpened + 2;
            _lastOpened = id;
            if (id >= LastStreamId) _goingAway = true; // the next carrier begins again
            ITunnelChannel channel = create(id);
            _channels[id] = channel;
            // Under the lock: ids must leave in order.
            Send(TunnelFrameType.Connect, id, head, firstPayload);
            // A carrier that failed meanwhile has not seen this channel.
            if (_failure is not null) channel.End(_failure);
            return channel;
        }
    }

    private void EndWhenUnused()
    {
        if (_goingAway && _channels.IsEmpty && Interlocked.Exchange(ref _drained, 1) == 0) CloseWriting();
    }

    // First call wins. Ends all streams and wakes the read loop.
    private void Fail(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null) return;
        _stall.End();
        foreach (ITunnelChannel channel in _channels.Values) channel.End(failure);
        _writer.FlushDeferred();
        _writer.Fail(failure);
        _stream.Abort();
    }
}
