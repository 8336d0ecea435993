using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A transport whose connects a test completes by hand.</summary>
internal sealed class FakeTransport : ITransport
{
    private readonly ConcurrentDictionary<IPAddress, Attempt> _attempts = new();

    /// <summary>The addresses connected to, in order.</summary>
    public ConcurrentQueue<IPAddress> Order { get; } = new();

    /// <summary>The attempt at an address, begun or to come.</summary>
    public Attempt To(string address) => _attempts.GetOrAdd(IPAddress.Parse(address), _ => new Attempt());

    public async ValueTask<SocketStream> ConnectAsync(IPEndPoint remote, ConnectOptions options, CancellationToken cancellationToken)
    {
        Order.Enqueue(remote.Address);
        Attempt attempt = _attempts.GetOrAdd(remote.Address, _ => new Attempt());
        attempt.Begin(cancellationToken);
        return await attempt.Outcome.WaitAsync(attempt.IgnoresCancellation ? CancellationToken.None : cancellationToken);
    }

    public ISocketListener Listen(IPEndPoint endPoint, SocketRoute route = default) => throw new NotSupportedException();

    public UdpSocket BindUdp(IPEndPoint endPoint, SocketRoute route = default) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => default;

    internal sealed class Attempt
    {
        private readonly TaskCompletionSource<SocketStream> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IgnoresCancellation { get; set; }

        public Task<SocketStream> Outcome => _outcome.Task;

        public Task Begun => _begun.Task.WaitAsync(TestTransports.Patience);

        public Task Cancelled => _cancelled.Task.WaitAsync(TestTransports.Patience);

        public void Begin(CancellationToken cancellationToken)
        {
            cancellationToken.Register(() => _cancelled.TrySetResult());
            _begun.TrySetResult();
        }

        public FakeSocket Succeed()
        {
            FakeSocket socket = new();
            _outcome.SetResult(socket);
            return socket;
        }

        public Attempt Fail(SocketError error)
        {
            _outcome.SetException(new SocketException((int)error));
            return this;
        }
    }

    internal sealed class FakeSocket : SocketStream
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Disposed => _disposed.Task.WaitAsync(TestTransports.Patience);

        public bool IsDisposed => _disposed.Task.IsCompleted;

        public override IPEndPoint LocalEndPoint { get; } = new(IPAddress.Loopback, 1);

        public override IPEndPoint RemoteEndPoint { get; } = new(IPAddress.Loopback, 2);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(0);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => default;

        public override void Abort() => _disposed.TrySetResult();

        protected override void Dispose(bool disposing)
        {
            _disposed.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
