using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tls.Ech;

/// <summary>The connection as a stream: half-close, waits, back-pressure, integrity.</summary>
public sealed class EchStreamTests : IDisposable
{
    private readonly EchSetup _setup = new() { Tapped = false };

    [EchTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_side_ends_and_the_other_goes_on(bool clientFirst)
    {
        (DuplexStream client, DuplexStream server) = await _setup.ConnectAsync();
        (DuplexStream first, DuplexStream second) = clientFirst ? (client, server) : (server, client);
        byte[] answer = new byte[3_000_000];
        new Random(1).NextBytes(answer);
        await first.WriteAsync("question"u8.ToArray());
        await first.CompleteWritesAsync(default);
        await first.CompleteWritesAsync(default);
        byte[] question = await ReadToEndAsync(second);
        Assert.Equal("question"u8, question);
        Assert.Equal(0, await second.ReadAsync(new byte[1]));
        Task<byte[]> reading = ReadToEndAsync(first);
        await second.WriteAsync(answer).AsTask().WaitAsync(EchSetup.Patience);
        await second.CompleteWritesAsync(default);
        byte[] received = await reading;
        Assert.True(answer.AsSpan().SequenceEqual(received));
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [EchTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_end_without_close_notify_is_a_failure(bool clientCuts)
    {
        (DuplexStream client, DuplexStream server) = await _setup.ConnectAsync();
        (DuplexStream cutting, DuplexStream reading) = clientCuts ? (client, server) : (server, client);
        await cutting.WriteAsync("part"u8.ToArray());
        await cutting.DisposeAsync();
        byte[] buffer = new byte[100];
        Assert.Equal(4, await reading.ReadAsync(buffer));
        IOException exception = await Assert.ThrowsAnyAsync<IOException>(() => reading.ReadAsync(buffer).AsTask().WaitAsync(EchSetup.Patience));
        Assert.Contains("close_notify", exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => reading.ReadAsync(Memory<byte>.Empty).AsTask().WaitAsync(EchSetup.Patience));
    }

    [EchFact]
    public async Task A_read_into_an_empty_buffer_waits_for_bytes()
    {
        (DuplexStream client, DuplexStream server) = await _setup.ConnectAsync();
        Task<int> waiting = server.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(waiting.IsCompleted);
        await client.WriteAsync("hello"u8.ToArray());
        Assert.Equal(0, await waiting.WaitAsync(EchSetup.Patience));
        Assert.Equal(0, await server.ReadAsync(Memory<byte>.Empty).AsTask().WaitAsync(EchSetup.Patience));
        byte[] buffer = new byte[5];
        await server.ReadExactlyAsync(buffer).AsTask().WaitAsync(EchSetup.Patience);
        Assert.Equal("hello"u8, buffer);
        Task<int> end = server.ReadAsync(Memory<byte>.Empty).AsTask();
        await client.CompleteWritesAsync(default);
        Assert.Equal(0, await end.WaitAsync(EchSetup.Patience));
    }

    [EchFact]
    public async Task A_cancelled_read_loses_nothing()
    {
        (DuplexStream client, DuplexStream server) = await _setup.ConnectAsync();
        using CancellationTokenSource cancel = new();
        Task<int> waiting = server.ReadAsync(new byte[10], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(EchSetup.Patience));
        await client.WriteAsync("hello"u8.ToArray());
        byte[] buffer = new byte[5];
        await server.ReadExactlyAsync(buffer).AsTask().WaitAsync(EchSetup.Patience);
        Assert.Equal("hello"u8, buffer);
    }

    [EchFact]
    public async Task A_write_that_was_cut_off_ends_the_direction()
    {
        (DuplexStream client, _) = await _setup.ConnectAsync();
        using CancellationTokenSource cancel = new();
        Task writing = client.WriteAsync(new byte[8 << 20], cancel.Token).AsTask(); // more than the pair holds
        Assert.False(writing.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(EchSetup.Patience));
        await Assert.ThrowsAnyAsync<IOException>(() => client.WriteAsync(new byte[1]).AsTask().WaitAsync(EchSetup.Patience));
    }

    [EchFact]
    public async Task Abort_wakes_the_reader_of_a_real_socket()
    {
        await using ITransport transport = Transports.Create(TransportKind.Automatic);
        using EchSetup setup = new() { Tapped = false, Wire = async () => await TestTransports.ConnectAsync(transport) };
        (DuplexStream client, DuplexStream server) = await setup.ConnectAsync();
        Task<int> reading = client.ReadAsync(new byte[10]).AsTask();
        client.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => reading.WaitAsync(EchSetup.Patience));
        await client.DisposeAsync(); // the reset goes out
        await Assert.ThrowsAnyAsync<IOException>(() => server.ReadAsync(new byte[10]).AsTask().WaitAsync(EchSetup.Patience));
        await server.DisposeAsync();
    }

    [EchFact]
    public async Task A_stream_cannot_be_used_after_its_disposal()
    {
        (DuplexStream client, DuplexStream server) = await _setup.ConnectAsync();
        await client.DisposeAsync();
        await client.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.ReadAsync(new byte[1]).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.WriteAsync(new byte[1]).AsTask());
        await server.DisposeAsync();
    }

    [EchFact]
    public async Task Large_data_in_both_directions_at_once_arrives_whole()
    {
        (DuplexStream client, DuplexStream server) = await _setup.ConnectAsync();
        byte[] data = new byte[64 << 20];
        new Random(2).NextBytes(data);
        await Task.WhenAll(SendAsync(client), SendAsync(server), CheckAsync(client), CheckAsync(server)).WaitAsync(2 * EchSetup.Patience);
        await client.DisposeAsync();
        await server.DisposeAsync();

        async Task SendAsync(DuplexStream stream)
        {
            Random sizes = new(3);
            for (int sent = 0; sent < data.Length;)
            {
                int count = Math.Min(sizes.Next(1, 200_000), data.Length - sent);
                await stream.WriteAsync(data.AsMemory(sent, count));
                sent += count;
            }
            await stream.CompleteWritesAsync(default);
        }

        async Task CheckAsync(DuplexStream stream)
        {
            byte[] buffer = new byte[60_000];
            int total = 0;
            for (int read; (read = await stream.ReadAsync(buffer)) > 0; total += read)
                Assert.True(buffer.AsSpan(0, read).SequenceEqual(data.AsSpan(total, read)));
            Assert.Equal(data.Length, total);
        }
    }

    // The handle by which callbacks find an engine would keep it alive; it is freed together with the library's objects.
    [EchFact]
    public async Task Many_connections_leave_nothing_behind()
    {
        TrackingBackend backend = new(_setup.Backend);
        using EchSetup setup = new() { Tapped = false, Backend = backend };
        for (int i = 0; i < 500; i++) await OpenAndCloseAsync(setup);
        Assert.Equal(1000, backend.Made);
        await Wait.UntilAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !backend.AnyAlive;
        });
    }

    public void Dispose() => _setup.Dispose();

    private static async Task OpenAndCloseAsync(EchSetup setup)
    {
        (DuplexStream client, DuplexStream server) = await setup.ConnectAsync();
        await client.WriteAsync(new byte[100]);
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    private static async Task<byte[]> ReadToEndAsync(DuplexStream stream)
    {
        using MemoryStream all = new();
        await stream.CopyToAsync(all).WaitAsync(EchSetup.Patience);
        return all.ToArray();
    }
}
