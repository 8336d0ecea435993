using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Support;

/// <summary>An exit that answers every dial as the test says, and counts them.</summary>
internal sealed class FakeExit(string name, DialFailure failure = DialFailure.None, string? country = null) : IExit
{
    private int _dials;
    private int _opens;

    public string Name => name;

    public string? Country => country;

    public int Dials => _dials;

    public int Opens => _opens;

    /// <summary>The result of a dial.</summary>
    public DialFailure Failure { get; set; } = failure;

    /// <summary>The event that dials wait for.</summary>
    public Task Held { get; init; } = Task.CompletedTask;

    /// <summary>Whether dials end only by cancellation.</summary>
    public bool IsSilent { get; init; }

    /// <summary>The addresses that it cannot reach.</summary>
    public HashSet<IPAddress> Unreachable { get; init; } = [];

    public DialResult? Refusal(IPAddress address, DialContext context) =>
        Unreachable.Contains(address) ? DialResult.Failed(this, DialFailure.NetworkUnreachable, "no way there") : null;

    public ExitExplanation Explain(ExplainStep step) => step.Outline(this) with
    {
        Outcome = Failure switch
        {
            DialFailure.None when step.Destination.Address is { } address && Unreachable.Contains(address) => RouteOutcome.Unavailable,
            DialFailure.None => RouteOutcome.Served,
            DialFailure.NotAllowed => RouteOutcome.Refused,
            _ => RouteOutcome.Unavailable,
        },
        Reason = Failure == DialFailure.None ? null : "it fails",
        LacksUdp = step.Udp && Failure == DialFailure.CommandNotSupported,
    };

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _dials);
        await Held;
        if (IsSilent) await Task.Delay(Timeout.Infinite, cancellationToken);
        return Failure == DialFailure.None
            ? DialResult.Success(new DuplexPair().Left, null, this)
            : DialResult.Failed(this, Failure, "it fails");
    }

    public async ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _opens);
        await Held;
        if (IsSilent) await Task.Delay(Timeout.Infinite, cancellationToken);
        return Failure == DialFailure.None
            ? UdpOpenResult.Success(new NoFlow())
            : UdpOpenResult.Failed(this, Failure, "it fails");
    }

    private sealed class NoFlow : IDatagramFlow
    {
        public ValueTask<bool> SendAsync(Destination destination, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) => new(true);

        public ValueTask<DatagramReceived> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
            throw new IOException("the flow has ended");

        public ValueTask DisposeAsync() => default;
    }
}
