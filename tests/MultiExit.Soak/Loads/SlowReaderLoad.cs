using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Loads;

/// <summary>A client that stands still for some seconds in the middle of a transfer: it gets all of it, and nobody else waits.</summary>
internal sealed class SlowReaderLoad(Stage stage) : Load(stage)
{
    public override string Name => "stalled client";

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        Order order = new(Verb.Down, Stage.NextSeed(), Size(random, 512 * 1024, 8 * 1024 * 1024));
        await using Connection connection = await OpenAsync(way, order, cancellationToken);
        long first = order.Count / 4;
        await connection.ReceivePatternAsync(order.Seed + 1, 0, first, cancellationToken);
        await Task.Delay(random.Next(2000, 6000), cancellationToken);
        await connection.ReceivePatternAsync(order.Seed + 1, first, order.Count - first, cancellationToken);
        await connection.ReceiveEndAsync(cancellationToken);
    }
}
