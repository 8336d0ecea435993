using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Loads;

/// <summary>Forwarded requests on a connection that is kept alive. One with a body is the first: it could not be sent again.</summary>
internal sealed class WebLoad(Stage stage) : Load(stage)
{
    public override string Name => "forwarded requests";

    public override bool Suits(Way way) => WebClient.Suits(way);

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        using WebClient client = new(Stage, way);
        for (int request = random.Next(1, 8), number = 0; request > 0; request--, number++)
            await client.AskAsync((int)Size(random, largest: 256 * 1024), withBody: number == 0, cancellationToken);
    }
}
