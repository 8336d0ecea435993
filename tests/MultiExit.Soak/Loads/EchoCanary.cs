using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Loads;

/// <summary>A connection through which bytes go and come back.</summary>
internal sealed class EchoCanary(Stage stage, Way way, int seed) : Canary(stage, way, seed)
{
    private const int Largest = 8 * 1024;

    protected override string Kind => Way.Exit.IsSteady ? "canary" : "canary on a frail way";

    protected override async Task LiveAsync(Random random, CancellationToken until)
    {
        Order order = new(Verb.Echo, Stage.NextSeed(), 0);
        Connection? opened = null;
        await InTimeAsync(async token =>
        {
            opened = await Stage.Dialer.DialAsync(Way, Stage.Targets.Pattern.EndPoint, token);
            await order.SendAsync(opened, token);
        });
        await using Connection connection = opened!;
        long at = 0;
        await BeatsAsync(random, async token =>
        {
            int size = random.Next(1, Largest);
            await connection.SendPatternAsync(order.Seed, at, size, token);
            await connection.ReceivePatternAsync(order.Seed, at, size, token);
            at += size;
        }, until);
        if (!Way.TellsEnds) return;
        await InTimeAsync(async token =>
        {
            await connection.EndAsync(token);
            await connection.ReceiveEndAsync(token);
        });
    }
}
