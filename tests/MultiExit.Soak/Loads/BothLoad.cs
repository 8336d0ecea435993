using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Loads;

/// <summary>Transfers both ways at once.</summary>
internal sealed class BothLoad(Stage stage) : Load(stage)
{
    public override string Name => "both ways";

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        Order order = new(Verb.Both, Stage.NextSeed(), Size(random, 1024));
        await using Connection connection = await OpenAsync(way, order, cancellationToken);
        Task sending = connection.SendPatternAsync(order.Seed, 0, order.Count, cancellationToken);
        try
        {
            await connection.ReceivePatternAsync(order.Seed + 1, 0, order.Count, cancellationToken);
            await connection.ReceiveEndAsync(cancellationToken);
        }
        catch
        {
            // Nobody waits for the sender once the connection is gone.
            connection.Abort();
            await sending.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }
        await sending;
    }
}
