using MultiExit.Engine.BackEnds;
using MultiExit.Engine.Protocols.Ldap;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.BackEnds;

/// <summary>What a connection to a directory does to the thread that reads, and for how long.</summary>
public sealed class LdapConnectionTests
{
    private static readonly byte[] Reference = Convert.FromHexString("300A02010173050403666F6F"), Done = Convert.FromHexString("300C02010165070A010004000400");

    [Fact]
    public async Task A_search_whose_messages_are_all_there_ends_with_its_time()
    {
        using CancellationTokenSource time = new();
        // It gives what it has whatever the token says, as a read does that needs not wait.
        await using LdapConnection connection = new(new FedStream(buffer =>
        {
            time.Cancel();
            int whole = buffer.Length / Reference.Length * Reference.Length;
            for (int i = 0; i < whole; i += Reference.Length) Reference.CopyTo(buffer[i..]);
            return whole;
        }));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SearchAsync(connection, time.Token).WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task Messages_are_not_read_on_the_thread_that_ends_reads()
    {
        FedStream stream = new(feed: null);
        await using LdapConnection connection = new(stream);
        Thread? read = null;
        Task search = Task.Run(async () =>
        {
            await SearchAsync(connection, default).ConfigureAwait(false);
            read = Thread.CurrentThread;
        });
        await stream.Asked.WaitAsync(TestTransports.Patience);
        Thread reads = new(() => stream.End(Done));
        reads.Start();
        await search.WaitAsync(TestTransports.Patience);
        Assert.NotNull(read);
        Assert.NotSame(reads, read);
    }

    private static async Task SearchAsync(LdapConnection connection, CancellationToken cancellationToken) =>
        await connection.SearchAsync("dc=x", LdapScope.Base, "(objectClass=*)", ["cn"], 1, cancellationToken).ConfigureAwait(false);

    // Reads end at once, with what the test puts there, or on a thread of the test.
    private sealed class FedStream(Func<Memory<byte>, int>? feed) : DuplexStream
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<int> _read = new();
        private Memory<byte> _buffer;

        public Task Asked => _asked.Task;

        public void End(byte[] bytes)
        {
            bytes.CopyTo(_buffer);
            _read.SetResult(bytes.Length);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.IsEmpty) return new(0);
            if (feed is not null) return new(feed(buffer));
            _buffer = buffer;
            _asked.SetResult();
            return new(_read.Task);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => default;

        public override void Abort()
        {
        }
    }
}
