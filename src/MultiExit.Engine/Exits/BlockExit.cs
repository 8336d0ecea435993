using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Exits;

/// <summary>The exit <c>block</c>: refuses everything.</summary>
internal sealed class BlockExit : IExit
{
    public const string ExitName = "block";

    private const string Reason = "refused by a rule";

    public string Name => ExitName;

    public ExitExplanation Explain(ExplainStep step) =>
        step.Outline(this) with { Outcome = RouteOutcome.Refused, Reason = $"{Name}: {Reason}" };

    public ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken) =>
        new(DialResult.Failed(this, DialFailure.NotAllowed, Reason));

    public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken) =>
        new(UdpOpenResult.Failed(this, DialFailure.NotAllowed, Reason));
}
