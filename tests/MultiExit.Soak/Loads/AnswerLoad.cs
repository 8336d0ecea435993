using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Loads;

/// <summary>A question whose end is the end of the client's direction, and its answer.</summary>
internal sealed class AnswerLoad(Stage stage) : Load(stage)
{
    public override string Name => "half-closed question";

    public override bool Suits(Way way) => way.TellsEnds;

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        Order order = new(Verb.Answer, Stage.NextSeed(), Size(random, largest: 512 * 1024));
        await using Connection connection = await OpenAsync(way, order, cancellationToken);
        await connection.SendPatternAsync(order.Seed, 0, order.Count, cancellationToken);
        await connection.EndAsync(cancellationToken);
        await connection.ReceivePatternAsync(order.Seed + 1, 0, order.Count, cancellationToken);
        await connection.ReceiveEndAsync(cancellationToken);
    }
}
