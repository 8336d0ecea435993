using System.Threading.Channels;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Tests.Support;

/// <summary>Keeps the datagrams of an association and delivers those of the test.</summary>
internal sealed class FakeUdpSession(SessionTable table, RequestInfo request, Func<Destination, ReadOnlyMemory<byte>, ValueTask> deliver)
    : UdpSession(table, table.NextId(), request, DateTimeOffset.UnixEpoch)
{
    private readonly Channel<(Destination, byte[])> _sent = Channel.CreateUnbounded<(Destination, byte[])>();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Closed => _closed.Task.WaitAsync(TestTransports.Patience);

    public Task<(Destination Destination, byte[] Data)> NextAsync() => _sent.Reader.ReadAsync().AsTask().WaitAsync(TestTransports.Patience)!;

    public ValueTask DeliverAsync(Destination source, byte[] data) => deliver(source, data);

    public override ValueTask SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        _sent.Writer.TryWrite((destination, datagram.ToArray()));
        return default;
    }

    public override ValueTask CloseAsync()
    {
        _closed.TrySetResult();
        return default;
    }
}
