using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Tests.Support;

/// <summary>An exit that answers every dial the same way and counts them.</summary>
internal sealed class FakeExit(string name, DialFailure failure = DialFailure.None) : IExit
{
    private int _dials;
    private int _opens;

    public string Name => name;

    public int Dials => _dials;

    public int Opens => _opens;

    public ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _dials);
        return new(failure == DialFailure.None
            ? DialResult.Success(new DuplexPair().Left, null, this)
            : DialResult.Failed(failure, $"{name}: it fails", this));
    }

    public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _opens);
        return new(failure == DialFailure.None
            ? UdpOpenResult.Success(new NoFlow())
            : UdpOpenResult.Failed(failure, $"{name}: it fails"));
    }

    private sealed class NoFlow : IDatagramFlow
    {
        public ValueTask<bool> SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) => new(true);

        public ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
            throw new IOException("the flow has ended");

        public ValueTask DisposeAsync() => default;
    }
}
