using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Loads;

/// <summary>A web client that goes on asking on the connection that it keeps. Each of its requests has to be answered.</summary>
internal sealed class WebCanary(Stage stage, Way way, int seed) : Canary(stage, way, seed)
{
    private const int Largest = 16 * 1024;

    protected override string Kind => Way.Exit.IsSteady ? "web canary" : "web canary on a frail way";

    protected override async Task LiveAsync(Random random, CancellationToken until)
    {
        using WebClient client = new(Stage, Way);
        await BeatsAsync(random, token => client.AskAsync(random.Next(1, Largest), withBody: false, token), until);
    }
}
