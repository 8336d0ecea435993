using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Loads;

/// <summary>Question and answer, several times.</summary>
internal sealed class EchoLoad(Stage stage) : Load(stage)
{
    public override string Name => "echo";

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        int seed = Stage.NextSeed();
        await using Connection connection = await OpenAsync(way, new Order(Verb.Echo, seed, 0), cancellationToken);
        long at = 0;
        for (int round = random.Next(1, 12); round > 0; round--)
        {
            long size = Size(random, largest: 32 * 1024);
            Task sending = connection.SendPatternAsync(seed, at, size, cancellationToken);
            await connection.ReceivePatternAsync(seed, at, size, cancellationToken);
            await sending;
            at += size;
        }
        if (!way.TellsEnds) return;
        await connection.EndAsync(cancellationToken);
        await connection.ReceiveEndAsync(cancellationToken);
    }
}
