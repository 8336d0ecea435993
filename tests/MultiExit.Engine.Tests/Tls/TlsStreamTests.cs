using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tls;

/// <summary>Many records at a time: what a read gives, what a write sends, and what records that are cut do.</summary>
public sealed class TlsStreamTests : IDisposable
{
    private const int Record = 16 * 1024;
    private readonly TestCertificate _certificate = new();
    private readonly DuplexPair _pair = new();
    private readonly WatchedStream _beneath;
    private readonly HeldStream _held;

    public TlsStreamTests()
    {
        _held = new HeldStream(_pair.Left);
        _beneath = new WatchedStream(_held);
    }

    [Fact]
    public async Task The_records_of_a_write_leave_together_and_small_ones_as_they_are()
    {
        (DuplexStream client, DuplexStream server) = await ConnectAsync();
        int before = _beneath.Writes.Count;
        byte[] sent = Numbered(6 * Record);
        await client.WriteAsync(sent);
        await client.WriteAsync(new byte[10]);
        Assert.Equal(before + 2, _beneath.Writes.Count);
        byte[] received = new byte[sent.Length + 10];
        await server.ReadExactlyAsync(received).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(sent, received[..sent.Length]);
    }

    [Fact]
    public async Task A_read_gives_the_records_that_have_come_and_does_not_wait_for_a_part_of_one()
    {
        (DuplexStream client, DuplexStream server) = await ConnectAsync();
        byte[] sent = Numbered(6 * Record);
        byte[] records = await HoldAsync(client, sent);
        await _pair.Left.WriteAsync(records.AsMemory(0, records.Length - 10));
        byte[] received = new byte[sent.Length];
        int total = 0, most = 0;
        while (total < 5 * Record)
        {
            int read = await server.ReadAsync(received.AsMemory(total)).AsTask().WaitAsync(TestTransports.Patience);
            most = Math.Max(most, read);
            total += read;
        }
        Assert.Equal(5 * Record, total);
        Assert.InRange(most, 2 * Record, 5 * Record);

        // Cancellation ends the wait for the part, and loses nothing.
        using CancellationTokenSource cancel = new();
        Task<int> reading = server.ReadAsync(received.AsMemory(total), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TestTransports.Patience));
        Task<int> waiting = server.ReadAsync(received.AsMemory(total)).AsTask();
        Assert.False(waiting.IsCompleted);
        await _pair.Left.WriteAsync(records.AsMemory(records.Length - 10));
        Assert.Equal(Record, await waiting.WaitAsync(TestTransports.Patience));
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task The_end_behind_many_records_is_found_and_the_other_direction_goes_on()
    {
        (DuplexStream client, DuplexStream server) = await ConnectAsync();
        byte[] sent = Numbered(20 * Record + 5);
        await client.WriteAsync(sent);
        await client.CompleteWritesAsync(default);
        Assert.Equal(sent, await TestTransports.ReadToEndAsync(server));
        Assert.Equal(0, await server.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        Task writing = server.WriteAsync(sent).AsTask();
        byte[] received = new byte[sent.Length];
        await client.ReadExactlyAsync(received).AsTask().WaitAsync(TestTransports.Patience);
        await writing.WaitAsync(TestTransports.Patience);
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task A_broken_record_fails_behind_the_whole_ones()
    {
        (DuplexStream client, DuplexStream server) = await ConnectAsync();
        byte[] sent = Numbered(6 * Record);
        byte[] records = await HoldAsync(client, sent);
        records[^1] ^= 1;
        await _pair.Left.WriteAsync(records);
        byte[] received = new byte[sent.Length];
        int total = 0;
        while (total < 5 * Record) total += await server.ReadAsync(received.AsMemory(total)).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(5 * Record, total);
        Assert.Equal(sent[..total], received[..total]);
        await Assert.ThrowsAnyAsync<IOException>(() => server.ReadAsync(received).AsTask().WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task A_connection_that_is_cut_behind_whole_records_gives_them_first()
    {
        (DuplexStream client, DuplexStream server) = await ConnectAsync();
        byte[] sent = Numbered(6 * Record);
        byte[] records = await HoldAsync(client, sent);
        await _pair.Left.WriteAsync(records.AsMemory(0, records.Length - 10));
        await _pair.Left.CompleteWritesAsync(default);
        byte[] received = new byte[sent.Length];
        int total = 0;
        while (total < 5 * Record) total += await server.ReadAsync(received.AsMemory(total)).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(5 * Record, total);
        await Assert.ThrowsAnyAsync<IOException>(() => server.ReadAsync(received).AsTask().WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task A_write_waits_for_a_peer_that_does_not_read_and_abort_ends_the_wait()
    {
        (DuplexStream client, _) = await ConnectAsync();
        Task writing = client.WriteAsync(new byte[8_000_000]).AsTask(); // the pair holds 1 MiB
        Assert.False(writing.IsCompleted);
        client.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => writing.WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task Behind_a_write_that_was_cancelled_nothing_is_sent()
    {
        (DuplexStream client, _) = await ConnectAsync();
        using CancellationTokenSource cancel = new();
        Task writing = client.WriteAsync(new byte[8_000_000], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(TestTransports.Patience));
        await Assert.ThrowsAnyAsync<IOException>(() => client.WriteAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
    }

    [Theory]
    [MemberData(nameof(TestTransports.All), MemberType = typeof(TestTransports))]
    public async Task Both_directions_at_once_arrive_whole_over_sockets(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        (SocketStream near, SocketStream far) = await TestTransports.ConnectAsync(transport);
        (DuplexStream client, DuplexStream server) = await ConnectAsync(near, far);
        byte[] sent = Numbered(5_000_000);
        Task up = SendAsync(client, sent), down = SendAsync(server, sent);
        Task<byte[]> atServer = TestTransports.ReadToEndAsync(server), atClient = TestTransports.ReadToEndAsync(client);
        await Task.WhenAll(up, down).WaitAsync(TestTransports.Patience);
        byte[][] received = await Task.WhenAll(atServer, atClient).WaitAsync(TestTransports.Patience);
        Assert.All(received, bytes => Assert.True(sent.AsSpan().SequenceEqual(bytes)));
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    public void Dispose() => _certificate.Dispose();

    private static async Task SendAsync(DuplexStream stream, byte[] bytes)
    {
        Random random = new(bytes.Length);
        for (int sent = 0; sent < bytes.Length;)
        {
            int count = Math.Min(random.Next(1, 400_000), bytes.Length - sent);
            await stream.WriteAsync(bytes.AsMemory(sent, count));
            sent += count;
        }
        await stream.CompleteWritesAsync(default);
    }

    // The records of a write, which were not sent.
    private async Task<byte[]> HoldAsync(DuplexStream client, byte[] bytes)
    {
        _held.Held = new MemoryStream();
        await client.WriteAsync(bytes);
        byte[] records = _held.Held.ToArray();
        _held.Held = null;
        return records;
    }

    private Task<(DuplexStream Client, DuplexStream Server)> ConnectAsync() => ConnectAsync(_beneath, _pair.Right);

    private async Task<(DuplexStream Client, DuplexStream Server)> ConnectAsync(DuplexStream near, DuplexStream far)
    {
        TlsServer server = new(new TlsServerConfig { CertificateFile = _certificate.CertificateFile, KeyFile = _certificate.KeyFile }, TimeProvider.System);
        Assert.True(Destination.TryFromHost("proxy.example", 443, out Destination? name));
        TlsClient client = new(new TlsClientConfig { CaFile = _certificate.CaFile }, name);
        Task<DuplexStream> accepting = server.AcceptAsync(far, default).AsTask();
        DuplexStream connected = await client.ConnectAsync(_ => new(near), default).AsTask().WaitAsync(TestTransports.Patience);
        return (connected, await accepting.WaitAsync(TestTransports.Patience));
    }

    private static byte[] Numbered(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private sealed class HeldStream(DuplexStream inner) : DuplexStream
    {
        /// <summary>Takes what is written; null: it is passed on.</summary>
        public MemoryStream? Held { get; set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Held is null) return inner.WriteAsync(buffer, cancellationToken);
            Held.Write(buffer.Span);
            return default;
        }

        public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => inner.CompleteWritesAsync(cancellationToken);

        public override void Abort() => inner.Abort();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
