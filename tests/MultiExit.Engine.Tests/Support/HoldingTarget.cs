using System.Net;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A target that sends nothing, and hangs up when it is released.</summary>
internal sealed class HoldingTarget : LoopbackTarget
{
    private readonly TaskCompletionSource _reached;
    private readonly TaskCompletionSource _released;

    public HoldingTarget()
        : this(new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously))
    {
    }

    private HoldingTarget(TaskCompletionSource reached, TaskCompletionSource released)
        : base(IPAddress.Loopback, async _ =>
        {
            reached.TrySetResult();
            await released.Task;
        })
    {
        _reached = reached;
        _released = released;
    }

    /// <summary>Ends with the first connection.</summary>
    public Task Reached => _reached.Task.WaitAsync(TestTransports.Patience);

    public void Release() => _released.TrySetResult();
}
