using MultiExit.Engine.DataPath;
using MultiExit.Engine.Multiplexing;

namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>A carrier that the test lives and kills.</summary>
internal sealed class FakeCarrier : ICarrier
{
    public LeftConnection? Left { get; set; }

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _goingAway;

    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int StreamCount { get; set; }

    public bool AcceptsStreams => !_goingAway && !_completion.Task.IsCompleted;

    public Exception? Failure { get; private set; }

    public Task Completion => _completion.Task;

    public void GoAway()
    {
        _goingAway = true;
        if (StreamCount == 0) End();
    }

    public void End(string reason = "the peer closed the carrier")
    {
        Failure ??= new IOException(reason);
        _completion.TrySetResult();
    }

    public ValueTask DisposeAsync()
    {
        End();
        Disposed.TrySetResult();
        return default;
    }
}
