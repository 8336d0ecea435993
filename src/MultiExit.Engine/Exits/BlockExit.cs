using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Exits;

/// <summary>The exit <c>block</c>: refuses everything.</summary>
/// <param name="reason">Why.</param>
internal sealed class BlockExit(string reason = BlockExit.Rule) : IExit
{
    public const string ExitName = "block";

    private const string Rule = "refused by a rule";

    public string Name => ExitName;

    public ExitExplanation Explain(ExplainStep step) =>
        step.Outline(this) with { Outcome = RouteOutcome.Refused, Reason = $"{Name}: {reason}" };

    public ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken) =>
        new(DialResult.Failed(this, DialFailure.NotAllowed, reason));

    public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken) =>
        new(UdpOpenResult.Failed(this, DialFailure.NotAllowed, reason));
}
