using System.Security.Authentication;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tls.Ech;

/// <summary>The server with clients of every kind, and keys that change under load.</summary>
public sealed class EchServerTests : IDisposable
{
    private readonly EchSetup _setup = new() { Tapped = false };

    [EchTheory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    public async Task What_is_not_a_client_hello_is_passed_on_from_its_first_byte(string text)
    {
        DuplexPair pair = new();
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(text);
        await pair.Left.WriteAsync(bytes);
        await pair.Left.CompleteWritesAsync(default);
        (DuplexStream stream, bool tls) = await _setup.Server().AcceptAsync(pair.Right, default).AsTask().WaitAsync(EchSetup.Patience);
        Assert.False(tls);
        Assert.Equal(bytes, await TestTransports.ReadToEndAsync(stream));
    }

    [EchFact]
    public async Task A_client_hello_cut_into_single_bytes_is_accepted()
    {
        using EchSetup slow = new() { Tapped = false, Wire = () => { DuplexPair pair = new(); return new((new ByteByByteStream(pair.Left), pair.Right)); } };
        (DuplexStream client, DuplexStream server) = await slow.ConnectAsync();
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    [EchFact]
    public async Task A_client_that_goes_away_in_the_middle_is_an_error()
    {
        byte[] hello = await HelloAsync();
        DuplexPair pair = new();
        await pair.Left.WriteAsync(hello);
        await pair.Left.CompleteWritesAsync(default);
        await Assert.ThrowsAnyAsync<IOException>(() => _setup.Server().AcceptAsync(pair.Right, default).AsTask().WaitAsync(EchSetup.Patience));
    }

    [EchFact]
    public async Task A_client_hello_that_was_changed_on_its_way_is_refused()
    {
        byte[] hello = await HelloAsync();
        hello[^1] ^= 1; // whichever extension is the last, the sealed one covers it (RFC 9849 section 5.2)
        DuplexPair pair = new();
        await pair.Left.WriteAsync(hello);
        await pair.Left.WriteAsync("\u0014\u0003\u0003\0\u0001\u0002"u8.ToArray()); // an unexpected record
        Exception? exception = await Record.ExceptionAsync(() => _setup.Server().AcceptAsync(pair.Right, default).AsTask().WaitAsync(EchSetup.Patience));
        Assert.True(exception is AuthenticationException or IOException, exception?.ToString());
    }

    [EchFact]
    public async Task Keys_rotate_under_load_without_a_failed_connection()
    {
        EchKey first = EchKey.Create(EchSetup.PublicName, 1);
        EchKey second = EchKey.Create(EchSetup.PublicName, 2, first.KeyPem, keep: 1);
        EchServerKeys[] stages = [EchSetup.Load(first.KeyPem), EchSetup.Load(second.KeyPem), EchSetup.Load(EchKey.Create(EchSetup.PublicName, 3).KeyPem)];
        _setup.Keys = stages[0];
        EchConfig published = first.Config;
        int connected = 0;
        using CancellationTokenSource stop = new();
        Task[] clients = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(ClientAsync))];
        foreach (EchServerKeys stage in stages)
        {
            _setup.Keys = stage; // the record in DNS follows later than the keys
            await GoOnAsync(20);
        }
        published = _setup.Keys.Current.Config;
        await GoOnAsync(20);
        await stop.CancelAsync();
        await Task.WhenAll(clients).WaitAsync(EchSetup.Patience);

        async Task ClientAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                (DuplexStream client, DuplexStream server) = await _setup.ConnectAsync(_setup.Client(Volatile.Read(ref published)));
                await server.WriteAsync("x"u8.ToArray());
                Assert.Equal(1, await client.ReadAsync(new byte[1]));
                await client.DisposeAsync();
                await server.DisposeAsync();
                Interlocked.Increment(ref connected);
            }
        }

        async Task GoOnAsync(int count)
        {
            int target = Volatile.Read(ref connected) + count;
            await Wait.UntilAsync(() => Volatile.Read(ref connected) >= target || clients.Any(client => client.IsFaulted));
            await Task.WhenAll(clients.Where(client => client.IsCompleted));
        }
    }

    public void Dispose() => _setup.Dispose();

    // The first flight of a client.
    private async Task<byte[]> HelloAsync()
    {
        DuplexPair pair = new();
        Task connecting = _setup.Client(_setup.Keys.Current.Config)
            .ConnectAsync(_ => new(pair.Left), EchSetup.InnerName, EchSetup.InnerName, default).AsTask();
        byte[] hello = new byte[4096];
        int read = await pair.Right.ReadAsync(hello);
        await pair.Right.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => connecting.WaitAsync(EchSetup.Patience));
        return hello[..read];
    }
}
