using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Takeover;

/// <summary>The connection of a take-over: messages as JSON, each behind its length in four octets, and descriptors between them. One reader; any
/// number of writers.</summary>
/// <param name="stream">The connection.</param>
/// <param name="most">The most octets of a message from the other process.</param>
internal sealed class TakeoverChannel(DuplexStream stream, int most) : IDisposable
{
    /// <summary>For the state with full tables: a million handshakes are 22 MB of it.</summary>
    public const int MostOfState = 192 << 20;

    /// <summary>For all that a process says which takes over.</summary>
    public const int MostOfSteps = 64 << 10;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false),
            new TextConverter<IPAddress>(IPAddress.Parse),
            new TextConverter<IPEndPoint>(IPEndPoint.Parse),
        },
    };

    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>Whether the process at the other end is one of the same user, or of root.</summary>
    public bool IsTrusted => UnixSocket.IsTrusted(stream);

    /// <summary>Sends a message.</summary>
    /// <exception cref="IOException">The other process is gone.</exception>
    public async Task SendAsync(TakeoverMessage message, CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(message, Json);
        byte[] frame = new byte[sizeof(int) + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, sizeof(int));
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await stream.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Sends descriptors; the reader knows from a message how many.</summary>
    /// <exception cref="IOException">The other process is gone.</exception>
    public Task SendAsync(IReadOnlyList<SafeHandle> handles, CancellationToken cancellationToken) =>
        UnixSocket.SendDescriptorsAsync(stream, handles, cancellationToken);

    /// <summary>The next message; null when the other process is gone.</summary>
    /// <exception cref="ProxyException">It is no message of a take-over.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<TakeoverMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        byte[] head = new byte[sizeof(int)];
        if (!await FillAsync(head, cancellationToken).ConfigureAwait(false)) return null;
        int length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length < 2 || length > most) throw Broken();
        byte[] body = new byte[length];
        if (!await FillAsync(body, cancellationToken).ConfigureAwait(false)) return null;
        try
        {
            return JsonSerializer.Deserialize<TakeoverMessage>(body, Json) ?? throw Broken();
        }
        catch (JsonException exception)
        {
            throw Broken(exception);
        }
    }

    /// <summary>The next message, which has to be of a kind.</summary>
    /// <exception cref="ProxyException">The other process is gone, refuses, or says something else.</exception>
    public async Task<TakeoverMessage> ExpectAsync(TakeoverStep kind, CancellationToken cancellationToken)
    {
        TakeoverMessage message = await ReadAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new ProxyException(ProxyError.TakeoverFailed, "the other process ended the take-over");
        if (message.Kind == TakeoverStep.Refused) throw new ProxyException(ProxyError.TakeoverFailed, message.Text ?? "the other process refused");
        return message.Kind == kind ? message : throw Broken();
    }

    /// <inheritdoc cref="UnixSocket.ReceiveDescriptorsAsync"/>
    public Task<IReadOnlyList<PassedDescriptor>> ReceiveDescriptorsAsync(int count, CancellationToken cancellationToken) =>
        UnixSocket.ReceiveDescriptorsAsync(stream, count, cancellationToken);

    public void Dispose() => stream.Dispose();

    private async Task<bool> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0) return false;
            buffer = buffer[read..];
        }
        return true;
    }

    private static ProxyException Broken(Exception? inner = null) =>
        new(ProxyError.TakeoverFailed, "what the other process says is no take-over of this version", inner);
}
