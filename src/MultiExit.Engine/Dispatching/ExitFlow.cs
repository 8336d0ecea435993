using MultiExit.Engine.DataPath;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Dispatching;

/// <summary>The flow of an association through one exit: being opened, open, or unavailable.</summary>
/// <param name="routedTo">The exit that the route names; for a group, the group.</param>
internal sealed class ExitFlow(IExit routedTo)
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IExit RoutedTo { get; } = routedTo;

    /// <summary>Completes once it is known whether there is a flow; the other members have their values then.</summary>
    public Task Opened => _opened.Task;

    /// <summary>The exit that serves; for a group, the member.</summary>
    public IExit Exit { get; private set; } = routedTo;

    /// <summary>The flow; null when it could not be opened.</summary>
    public IDatagramFlow? Flow { get; private set; }

    /// <summary>Counts the bytes through the exit; null when it could not be opened.</summary>
    public ExitShare? Share { get; private set; }

    /// <summary>Completes when the flow has ended.</summary>
    public Task Receiving { get; private set; } = Task.CompletedTask;

    /// <summary>Why there is no flow.</summary>
    public DialFailure Failure { get; private set; }

    /// <summary>The same in words.</summary>
    public string? Detail { get; private set; }

    /// <summary>When the flow could not be opened, if a later attempt may succeed (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    public long? FailedAt { get; private set; }

    public void Succeed(IExit exit, IDatagramFlow flow, ExitShare share, Task receiving)
    {
        Exit = exit;
        Flow = flow;
        Share = share;
        Receiving = receiving;
        _opened.SetResult();
    }

    /// <param name="failure">Why.</param>
    /// <param name="at">Now, where another attempt may help later.</param>
    /// <param name="detail">The same in words.</param>
    public void Fail(DialFailure failure, long? at, string? detail = null)
    {
        Detail = detail;
        Failure = failure;
        FailedAt = at;
        _opened.SetResult();
    }
}
