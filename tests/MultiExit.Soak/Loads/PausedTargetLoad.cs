using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Loads;

/// <summary>A target that stands still for some seconds in the middle of a transfer.</summary>
internal sealed class PausedTargetLoad(Stage stage) : Load(stage)
{
    public override string Name => "stalled target";

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        Order order = new(Verb.Pause, Stage.NextSeed(), Size(random, 1024));
        await using Connection connection = await OpenAsync(way, order, cancellationToken);
        await connection.ReceivePatternAsync(order.Seed + 1, 0, order.Count, cancellationToken);
        await connection.ReceiveEndAsync(cancellationToken);
    }
}
