using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Loads;

/// <summary>The target ends its direction first, and has to hear all that the client says behind that.</summary>
internal sealed class EndFirstLoad(Stage stage) : Load(stage)
{
    public override string Name => "half-closed target";

    public override bool Suits(Way way) => way.TellsEnds;

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        Order order = new(Verb.EndFirst, Stage.NextSeed(), Size(random, largest: 512 * 1024));
        await using Connection connection = await OpenAsync(way, order, cancellationToken);
        await connection.ReceivePatternAsync(order.Seed + 1, 0, order.Count, cancellationToken);
        await connection.ReceiveEndAsync(cancellationToken);
        await connection.SendPatternAsync(order.Seed, 0, order.Count, cancellationToken);
        await connection.EndAsync(cancellationToken);
        while (!Stage.Targets.Pattern.TakeHeard(order.Seed)) await Task.Delay(20, cancellationToken);
    }
}
