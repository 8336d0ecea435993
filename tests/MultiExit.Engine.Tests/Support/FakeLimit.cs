using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Tests.Support;

/// <summary>The limit of an exit as the test says.</summary>
internal sealed class FakeLimit : IExitLimit
{
    public string? Reached { get; init; }

    /// <summary>Why no dial begins, although it could when the exit was chosen.</summary>
    public string? Lost { get; init; }

    public string? Begin() => Lost ?? Reached;

    public void End()
    {
    }
}
