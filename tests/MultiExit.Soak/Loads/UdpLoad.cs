using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Loads;

/// <summary>A UDP association and some datagrams.</summary>
internal sealed class UdpLoad(Stage stage) : Load(stage)
{
    private const int LargestDatagram = 1200;

    public override string Name => "UDP association";

    public override bool Suits(Way way) => way.CarriesUdp;

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        await using UdpAssociation association = await UdpAssociation.OpenAsync(Stage.Dialer, way, cancellationToken);
        UdpAsking asking = new(Stage, association);
        for (int question = random.Next(1, 20); question > 0; question--)
            await asking.AskAsync(random.Next(LargestDatagram), cancellationToken);
    }
}
