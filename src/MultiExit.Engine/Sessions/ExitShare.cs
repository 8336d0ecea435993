using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.States;

namespace MultiExit.Engine.Sessions;

/// <summary>The part of a UDP association that went through one exit. Each counter has one writer at a time.</summary>
internal sealed class ExitShare(ExitState exit)
{
    private long _bytesUp;
    private long _bytesDown;
    private long _toldUp; // under the lock of the table
    private long _toldDown;

    public ExitState Exit => exit;

    public long BytesUp => Volatile.Read(ref _bytesUp);

    public long BytesDown => Volatile.Read(ref _bytesDown);

    public void AddUp(long bytes) => Volatile.Write(ref _bytesUp, _bytesUp + bytes);

    public void AddDown(long bytes) => Volatile.Write(ref _bytesDown, _bytesDown + bytes);

    /// <summary>Says which bytes have moved since the last time. Under the lock of the table.</summary>
    public void TellBytes(ITrafficSink traffic, TrafficKey key)
    {
        (long up, long down) = (BytesUp, BytesDown);
        if (up != _toldUp || down != _toldDown) traffic.Add(key, new TrafficDelta(0, 0, up - _toldUp, down - _toldDown));
        (_toldUp, _toldDown) = (up, down);
    }
}
