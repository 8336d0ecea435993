using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <summary>Datagrams to any number of targets from a client. The format has one target for an association, so each target has one of its own.</summary>
internal sealed class EchTunnelDatagrams(EchTunnelClientCarrier carrier) : IDatagramFlow
{
    private const int MaxTargets = 256;

    // For all targets together that the server has not answered for yet.
    private const int MaxWaitingBytes = 256 * 1024;

    private int _waitingBytes;
    private readonly Lock _lock = new();
    private readonly DatagramQueue _received = new(carrier.Memory);
    private readonly Dictionary<Destination, EchTunnelTarget> _targets = [];
    private readonly Queue<Destination> _oldest = new();

    public async ValueTask<bool> SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        if (carrier.Failure is not null) return false;
        EchTunnelTarget? target;
        lock (_lock)
            if (!_targets.TryGetValue(destination, out target) || target.HasEnded) target = Open(destination);
        try
        {
            return await target.SendAsync(datagram, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            return false; // the reader gets the error
        }
    }

    public LeftConnection? LeftTo(Destination destination) => carrier.Left;

    public ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _received.ReceiveAsync(buffer, cancellationToken);

    /// <summary>Takes room for a datagram that waits for the server's answer; false when there is none.</summary>
    internal bool TryHold(int bytes)
    {
        if (Interlocked.Add(ref _waitingBytes, bytes) <= MaxWaitingBytes) return true;
        Release(bytes);
        return false;
    }

    /// <summary>Gives the room back.</summary>
    internal void Release(int bytes) => Interlocked.Add(ref _waitingBytes, -bytes);

    /// <summary>The carrier has ended, and with it all targets.</summary>
    public void End(Exception reason) => _received.End(reason);

    public ValueTask DisposeAsync()
    {
        lock (_lock)
            foreach (EchTunnelTarget target in _targets.Values) target.Close();
        _received.End(new IOException("the association was closed on this side"));
        _received.Clear();
        return default;
    }

    private EchTunnelTarget Open(Destination destination)
    {
        if (!_targets.ContainsKey(destination))
        {
            if (_oldest.Count == MaxTargets && _targets.Remove(_oldest.Dequeue(), out EchTunnelTarget? left)) left.Close();
            _oldest.Enqueue(destination);
        }
        EchTunnelTarget target = new(carrier, this, _received, destination);
        _targets[destination] = target;
        target.Open();
        return target;
    }
}
