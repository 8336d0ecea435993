using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Loads;

/// <summary>An association through which datagrams go and come back.</summary>
internal sealed class UdpCanary(Stage stage, Way way, int seed) : Canary(stage, way, seed)
{
    private const int Largest = 1200;

    protected override string Kind => Way.Exit.IsSteady ? "UDP canary" : "UDP canary on a frail way";

    protected override async Task LiveAsync(Random random, CancellationToken until)
    {
        UdpAssociation? opened = null;
        await InTimeAsync(async token => opened = await UdpAssociation.OpenAsync(Stage.Dialer, Way, token));
        await using UdpAssociation association = opened!;
        UdpAsking asking = new(Stage, association);
        await BeatsAsync(random, token => asking.AskAsync(random.Next(Largest), token), until);
    }
}
