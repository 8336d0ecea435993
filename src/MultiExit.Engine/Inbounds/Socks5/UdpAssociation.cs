using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Socks5;

/// <summary>One UDP ASSOCIATE (RFC 1928 section 7). It lives as long as its TCP connection, but no longer than the idle time
/// without a datagram in either direction.</summary>
/// <remarks>The pump is the only reader of the socket, and answers come one at a time (<see cref="IDispatcher.OpenUdpAsync"/>). Any
/// thread may ask for the end.</remarks>
internal sealed class UdpAssociation
{
    private const int MaxDatagram = 64 * 1024;
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private readonly RequestInfo _info;
    private readonly DuplexStream _control;
    private readonly UdpSocket _socket;
    private readonly IdleWatch _idle;
    private readonly TimeProvider _time;
    private readonly EngineLog _log;
    private readonly Socks5UdpHeaderCache _headers = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // The client's end point: its address is known from the start, the port from its request or its first datagram.
    private IPEndPoint? _client;
    private bool _toldRefused;

    public UdpAssociation(RequestInfo info, DuplexStream control, UdpSocket socket, TimeSpan idleTimeout, TimeProvider time, EngineLog log)
    {
        _info = info;
        _control = control;
        _socket = socket;
        _idle = new IdleWatch(idleTimeout, time);
        _time = time;
        _log = log;
        // A client that names the address it came from has no NAT before it, so its port is what arrives here. Any other client cannot know
        // that, whatever it names beside 0.0.0.0 or its private address.
        Destination announced = info.Destination;
        if (announced.Port != 0 && info.Client.Address.Equals(announced.Address)) _client = new IPEndPoint(info.Client.Address, announced.Port);
    }

    /// <summary>Reports to the client where to send and serves the association to its end.</summary>
    public async ValueTask RunAsync(IPEndPoint bound, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        OpenedUdpSession opened = await dispatcher.OpenUdpAsync(_info, DeliverAsync, End, cancellationToken).ConfigureAwait(false);
        using UdpSession? session = opened.Session;
        if (session is null)
        {
            await _control.WriteAsync(Socks5Replies.Of(Socks5Failures.ToReply(opened.Failure)), cancellationToken).ConfigureAwait(false);
            await LingeringClose.RunAsync(_control, _time, cancellationToken).ConfigureAwait(false);
            return;
        }
        try
        {
            await _control.WriteAsync(Socks5Replies.Success(bound), cancellationToken).ConfigureAwait(false);
            await using ConfiguredAsyncDisposable idle = _idle.Watch(() => session.Abort(SessionOutcome.Idle)).ConfigureAwait(false);
            await using ConfiguredAsyncDisposable cancelled = cancellationToken.UnsafeRegister(state => ((UdpAssociation)state!).End(), this)
                .ConfigureAwait(false);
            using CancellationTokenSource pumping = new();
            Task<bool> control = WatchControlAsync();
            Task pump = PumpAsync(session, pumping.Token);
            await Task.WhenAny(control, pump, _ended.Task).ConfigureAwait(false);
            bool reset = control.IsCompletedSuccessfully && !await control.ConfigureAwait(false);
            session.EndWith(reset ? SessionOutcome.ClientReset : SessionOutcome.Ok);
            _socket.Dispose();
            await pumping.CancelAsync().ConfigureAwait(false);
            await pump.ConfigureAwait(false);
            await CloseControlAsync(control).ConfigureAwait(false);
        }
        finally
        {
            await session.CloseAsync().ConfigureAwait(false);
        }
    }

    private void End() => _ended.TrySetResult();

    private async Task PumpAsync(UdpSession session, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                // No buffer while the client has nothing to send.
                await _socket.WaitReadableAsync(cancellationToken).ConfigureAwait(false);
                await ForwardOneAsync(session, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or OperationCanceledException or IOException)
        {
            // The association has ended.
        }
    }

    private async ValueTask ForwardOneAsync(UdpSession session, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxDatagram);
        try
        {
            (int length, IPEndPoint source) = await _socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (!IsClient(source))
            {
                if (!_toldRefused) _log.SenderRefused(_info, source, _client);
                _toldRefused = true;
                return;
            }
            if (!_headers.TryRead(buffer.AsSpan(0, length), out Destination? destination, out int header)) return;
            _client ??= source;
            _idle.Touch();
            await session.SendAsync(destination, buffer.AsMemory(header, length - header), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask DeliverAsync(Destination source, ReadOnlyMemory<byte> datagram)
    {
        if (_client is not { } client) return;
        int header = Socks5UdpHeader.GetLength(source);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(header + datagram.Length);
        try
        {
            Socks5UdpHeader.Write(buffer, source);
            datagram.CopyTo(buffer.AsMemory(header));
            _idle.Touch();
            await _socket.SendAsync(buffer.AsMemory(0, header + datagram.Length), client, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The association has ended; the answer came too late.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool IsClient(IPEndPoint source) => _client is { } client ? client.Equals(source) : source.Address.Equals(_info.Client.Address);

    // Bytes from the client have no meaning here; only the end has. False when the connection broke.
    private async Task<bool> WatchControlAsync()
    {
        byte[] buffer = new byte[64];
        try
        {
            while (await _control.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false) > 0)
            {
            }
            return true;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    private async ValueTask CloseControlAsync(Task control)
    {
        try
        {
            await _control.CompleteWritesAsync(CancellationToken.None).ConfigureAwait(false);
            await control.WaitAsync(CloseLimit, _time).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or IOException or ObjectDisposedException)
        {
            _control.Abort();
            await control.ConfigureAwait(false);
        }
    }
}
