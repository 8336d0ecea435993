using MultiExit.Engine.States;

namespace MultiExit.Engine.Sessions;

/// <summary>The part of a UDP association that went through one exit. Each counter has one writer at a time.</summary>
internal sealed class ExitShare(ExitState exit)
{
    private long _bytesUp;
    private long _bytesDown;

    public ExitState Exit => exit;

    public long BytesUp => Volatile.Read(ref _bytesUp);

    public long BytesDown => Volatile.Read(ref _bytesDown);

    public void AddUp(long bytes) => Volatile.Write(ref _bytesUp, _bytesUp + bytes);

    public void AddDown(long bytes) => Volatile.Write(ref _bytesDown, _bytesDown + bytes);
}
