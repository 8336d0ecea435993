using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Loads;

/// <summary>A transfer to the target, which says that all of it was right.</summary>
internal sealed class UpLoad(Stage stage) : Load(stage)
{
    public override string Name => "up";

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        Order order = new(Verb.Up, Stage.NextSeed(), Size(random, 1024));
        await using Connection connection = await OpenAsync(way, order, cancellationToken);
        await connection.SendPatternAsync(order.Seed, 0, order.Count, cancellationToken);
        byte[] answer = new byte[1];
        await connection.ReadExactlyAsync(answer, cancellationToken);
        if (answer[0] != PatternTarget.Right) throw new WrongBytesException("the target's answer is another one");
    }
}
