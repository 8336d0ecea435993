namespace MultiExit.Engine.Tests.Multiplexing;

/// <summary>The way to the server.</summary>
internal sealed class FakeLine
{
    private int _attempts;

    public int Attempts => Volatile.Read(ref _attempts);

    public Exception? Failure { get; set; }

    public TaskCompletionSource? Held { get; set; }

    public List<FakeCarrier> Opened { get; } = [];

    public async Task<FakeCarrier> ConnectAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        if (Failure is { } failure) throw failure;
        if (Held is { } held) await held.Task;
        FakeCarrier carrier = new();
        Opened.Add(carrier);
        return carrier;
    }
}
