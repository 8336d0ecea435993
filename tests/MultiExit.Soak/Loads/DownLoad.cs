using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Loads;

/// <summary>A transfer from the target, whole and with its end.</summary>
internal sealed class DownLoad(Stage stage) : Load(stage)
{
    public override string Name => "down";

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        Order order = new(Verb.Down, Stage.NextSeed(), Size(random, 1024));
        await using Connection connection = await OpenAsync(way, order, cancellationToken);
        await connection.ReceivePatternAsync(order.Seed + 1, 0, order.Count, cancellationToken);
        await connection.ReceiveEndAsync(cancellationToken);
    }
}
