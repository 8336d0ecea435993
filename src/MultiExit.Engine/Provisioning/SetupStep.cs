namespace MultiExit.Engine.Provisioning;

/// <summary>One change and its opposite.</summary>
/// <param name="Text">The change as a command.</param>
/// <param name="DoAsync">Makes it.</param>
/// <param name="UndoAsync">Takes it back.</param>
internal sealed record SetupStep(string Text, Func<CancellationToken, Task> DoAsync, Func<CancellationToken, Task> UndoAsync)
{
    /// <summary>The change as the lines of a shell.</summary>
    public string Script { get; init; } = Text;
}
