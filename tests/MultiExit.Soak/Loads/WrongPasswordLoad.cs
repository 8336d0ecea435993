using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Loads;

/// <summary>A client that is not let in.</summary>
internal sealed class WrongPasswordLoad(Stage stage) : Load(stage)
{
    public override string Name => "wrong password";

    public override bool Suits(Way way) => !way.IsForward;

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        try
        {
            await using Connection connection =
                await Stage.Dialer.DialAsync(way, Stage.Targets.Pattern.EndPoint, cancellationToken, "another one");
        }
        catch (RefusedException)
        {
            return;
        }
        throw new WrongBytesException("a wrong password is let in");
    }
}
