using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Probing;

/// <summary>The far end of a measurement, on this machine: it serves those that know its token, which is another one each time.</summary>
internal sealed class OwnTarget : IAsyncDisposable
{
    /// <summary>Sends back what it gets.</summary>
    public const byte Echo = (byte)'E';

    /// <summary>Takes all.</summary>
    public const byte Take = (byte)'U';

    /// <summary>Gives without end.</summary>
    public const byte Give = (byte)'D';

    private const int TokenLength = 16, MaxConnections = 256;
    private static readonly TimeSpan OpeningPatience = TimeSpan.FromSeconds(10);

    private readonly ISocketListener _listener;
    private readonly byte[] _token = RandomNumberGenerator.GetBytes(TokenLength);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _taken;
    private long _wanted = long.MaxValue;
    private int _connections;

    public OwnTarget(ITransport transport, IPAddress address)
    {
        _listener = transport.Listen(new IPEndPoint(address, 0));
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public Destination Destination => Destination.FromEndPoint(_listener.LocalEndPoint);

    /// <summary>The bytes that connections of the kind <see cref="Take"/> have brought.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Ends when it has taken so many bytes. Once.</summary>
    public Task WhenTakenAsync(long bytes)
    {
        Interlocked.Exchange(ref _wanted, bytes);
        if (Taken >= bytes) _reached.TrySetResult();
        return _reached.Task;
    }

    /// <summary>What a connection begins with.</summary>
    public byte[] Opening(byte kind) => [.. _token, kind];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        while (await _listener.AcceptAsync().ConfigureAwait(false) is { } stream)
        {
            serving.RemoveAll(task => task.IsCompleted);
            if (Interlocked.Increment(ref _connections) <= MaxConnections) serving.Add(ServeAsync(stream));
            else await LeaveAsync(stream).ConfigureAwait(false);
        }
        await Task.WhenAll(serving).ConfigureAwait(false);
    }

    private async Task ServeAsync(DuplexStream stream)
    {
        try
        {
            byte[] opening = new byte[TokenLength + 1];
            using (var patience = CancellationTokenSource.CreateLinkedTokenSource(_end.Token))
            {
                patience.CancelAfter(OpeningPatience);
                await stream.ReadExactlyAsync(opening, patience.Token).ConfigureAwait(false);
            }
            if (CryptographicOperations.FixedTimeEquals(opening.AsSpan(0, TokenLength), _token))
                await ServeAsync(stream, opening[TokenLength]).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // It has gone, or the measurement is over.
        }
        finally
        {
            await LeaveAsync(stream).ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(DuplexStream stream, byte kind)
    {
        byte[] buffer = new byte[MeasureFlow.Block];
        if (kind == Give)
            while (true) await stream.WriteAsync(buffer, _end.Token).ConfigureAwait(false);
        while (await stream.ReadAsync(buffer, _end.Token).ConfigureAwait(false) is > 0 and var read)
        {
            if (kind == Take) Count(read);
            else await stream.WriteAsync(buffer.AsMemory(0, read), _end.Token).ConfigureAwait(false);
        }
    }

    private void Count(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) >= Interlocked.Read(ref _wanted)) _reached.TrySetResult();
    }

    private async ValueTask LeaveAsync(DuplexStream stream)
    {
        Interlocked.Decrement(ref _connections);
        stream.Abort();
        await stream.DisposeAsync().ConfigureAwait(false);
    }
}
