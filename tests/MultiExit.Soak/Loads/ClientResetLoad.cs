using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Loads;

/// <summary>A client that breaks its connection in the middle. What it leaves behind shows when all has come to rest.</summary>
internal sealed class ClientResetLoad(Stage stage) : Load(stage)
{
    public override string Name => "client that resets";

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        Order order = new(random.Next(2) == 0 ? Verb.Down : Verb.Both, Stage.NextSeed(), Size(random, 64 * 1024));
        await using Connection connection = await OpenAsync(way, order, cancellationToken);
        await connection.ReceivePatternAsync(order.Seed + 1, 0, random.NextInt64(order.Count), cancellationToken);
        connection.Abort();
    }
}
