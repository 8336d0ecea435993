using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>A limit that holds a reader back as the test says.</summary>
internal sealed class FakeHold : IReaderHold
{
    public volatile bool Held;

    public object? Group => this;

    public bool HeldSince(ref long mark) => Held;
}
