using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Remote;

/// <summary>Many connections to control sockets over one pair of streams, as those of an ssh client are: channels that one side opens and the other
/// one serves, each with credit of its own (docs/protocols.md has the form).</summary>
/// <param name="input">What the peer sends, behind its preface.</param>
/// <param name="output">What is sent to it, behind the own preface.</param>
/// <param name="accept">Serves a channel that the peer opens, by the name it asks for; null: the peer opens none.</param>
internal sealed class ControlLink(Stream input, Stream output, Func<string, LinkStream, Task>? accept = null)
{
    /// <summary>What both sides send first: a line, so that what a shell prints before it can be told apart.</summary>
    public static ReadOnlySpan<byte> Preface => "MULTIEXIT-CONTROL/1\n"u8;

    /// <summary>The channels at a time; a server takes 32 connections.</summary>
    public const int MaxChannels = 64;

    // Twice what the channels may have on their way, so that there is room for pieces of some hundred octets. What nobody waits for any more counts
    // until it has left.
    private const long MaxQueued = 2L * MaxChannels * LinkStream.Window;

    // What a frame that waits takes beside its payload.
    private const int FrameCost = 128;
    private const int MaxName = 200;

    private readonly ConcurrentDictionary<uint, LinkStream> _channels = new();
    private readonly Channel<LinkFrame> _frames = Channel.CreateUnbounded<LinkFrame>();
    private readonly Lock _opening = new();
    private readonly TaskCompletionSource<Exception> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private uint _lastOpened;
    private volatile Exception? _failure;
    private long _queued;

    /// <summary>Ends with the link; its result is why.</summary>
    public Task<Exception> Completion => _completion.Task;

    /// <summary>Whether it has ended; why is known a little later.</summary>
    public bool HasEnded => _failure is not null;

    /// <summary>Serves the link until it ends or is canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Not both are waited for: a read from standard input holds its thread until the input ends.
        await Task.WhenAny(Task.Run(() => EndAsync(ReadAsync), CancellationToken.None), Task.Run(() => EndAsync(WriteAsync), CancellationToken.None))
            .ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        _completion.TrySetResult(_failure!);

        async Task EndAsync(Func<CancellationToken, Task> work)
        {
            try
            {
                await work(ended.Token).ConfigureAwait(false);
                Fail(new IOException("the other side ended the link"));
            }
            catch (Exception exception)
            {
                Fail(exception);
            }
        }
    }

    /// <summary>Opens a channel to a server.</summary>
    /// <exception cref="IOException">The link has ended, or has as many channels as it may.</exception>
    public LinkStream Open(string server)
    {
        LinkStream stream;
        lock (_opening)
        {
            if (_failure is { } failure) throw new IOException(failure.Message, failure);
            if (_channels.Count >= MaxChannels) throw new IOException($"{MaxChannels} connections go over this link already");
            uint id = ++_lastOpened;
            _channels[id] = stream = new LinkStream(this, id);
            Send(new LinkFrame(LinkFrameType.Open, id, Encoding.UTF8.GetBytes(server)));
        }
        if (_failure is { } late) stream.Fail(late);
        return stream;
    }

    /// <summary>Sends a frame behind those that wait; after the end of the link nothing is sent.</summary>
    public void Send(LinkFrame frame)
    {
        // The buffer of the caller is its own again when this returns.
        if (_failure is not null) return;
        Interlocked.Add(ref _queued, FrameCost + frame.Payload.Length);
        _frames.Writer.TryWrite(frame with { Payload = frame.Payload.ToArray() });
    }

    /// <summary>Nothing more is expected on a channel.</summary>
    public void Forget(uint id) => _channels.TryRemove(id, out _);

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        byte[] header = new byte[LinkFrame.HeaderLength];
        while (await LinkFrame.ReadAsync(input, header, cancellationToken).ConfigureAwait(false) is { } frame)
        {
            // A peer that asks for more than it reads the answers of.
            if (Interlocked.Read(ref _queued) > MaxQueued) throw Violation("too much waits for the other side");
            if (frame.Type == LinkFrameType.Open) Accept(frame);
            else if (!Enum.IsDefined(frame.Type)) throw Violation($"there is no frame of the type {(byte)frame.Type}");
            else if (_channels.TryGetValue(frame.Channel, out LinkStream? stream)) Take(stream, frame);
        }
    }

    private static void Take(LinkStream stream, LinkFrame frame)
    {
        switch (frame.Type)
        {
            case LinkFrameType.Data:
                if (!stream.Receive(frame.Payload.Span)) throw Violation("a channel has more than its credit");
                break;
            case LinkFrameType.End:
                stream.ReceiveEnd();
                break;
            case LinkFrameType.Reset:
                stream.ReceiveReset(frame.Payload.Span);
                break;
            default:
                if (frame.Payload.Length != sizeof(uint)) throw Violation("a frame of credit has 4 octets");
                stream.ReceiveCredit(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(frame.Payload.Span));
                break;
        }
    }

    private void Accept(LinkFrame frame)
    {
        // Ids rise, so that a late frame of an earlier channel meets no other one.
        if (accept is null || frame.Channel <= _lastOpened) throw Violation("a channel is opened that may not be");
        _lastOpened = frame.Channel;
        LinkStream stream = new(this, frame.Channel);
        bool isFull = _channels.Count >= MaxChannels;
        _channels[frame.Channel] = stream;
        if (isFull || frame.Payload.Length > MaxName)
        {
            stream.Abort(isFull ? $"{MaxChannels} connections go over this link already" : "there is no server with such a name");
            return;
        }
        _ = accept(Encoding.UTF8.GetString(frame.Payload.Span), stream);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        while (await _frames.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_frames.Reader.TryRead(out LinkFrame frame))
            {
                await output.WriteAsync(frame.ToArray(), cancellationToken).ConfigureAwait(false);
                Interlocked.Add(ref _queued, -(FrameCost + frame.Payload.Length));
            }
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Fail(Exception failure)
    {
        lock (_opening) _failure ??= failure;
        foreach (LinkStream stream in _channels.Values) stream.Fail(_failure!);
    }

    private static ProxyException Violation(string message) => new(ProxyError.ProtocolViolation, message);
}
