using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Loads;

/// <summary>A target that refuses connections: the client is told so.</summary>
internal sealed class NobodyLoad(Stage stage) : Load(stage)
{
    public override string Name => "nobody listens";

    public override bool Suits(Way way) => !way.IsForward && way.Exit.Detour is null;

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        try
        {
            await using Connection connection = await Stage.Dialer.DialAsync(way, Stage.Targets.Nobody, cancellationToken);
            // A WebSocket client is told behind its 101.
            if (way.Entrance == Entrance.WebSocket) await connection.ReceiveEndAsync(cancellationToken);
        }
        catch (RefusedException)
        {
            return;
        }
        throw new WrongBytesException("a target that is not there was reached");
    }
}
