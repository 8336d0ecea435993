using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Loads;

/// <summary>Runs one session after the other, of kinds and ways that its random numbers choose.</summary>
internal sealed class Worker(Stage stage, int seed)
{
    private readonly Load[] _loads =
    [
        new EchoLoad(stage), new DownLoad(stage), new UpLoad(stage), new BothLoad(stage), new AnswerLoad(stage), new EndFirstLoad(stage),
        new SlowReaderLoad(stage), new PausedTargetLoad(stage), new ClientResetLoad(stage), new TargetResetLoad(stage),
        new WrongPasswordLoad(stage), new NobodyLoad(stage), new AbandonedLoad(stage), new WebLoad(stage), new UdpLoad(stage),
    ];

    public async Task RunAsync(CancellationToken until)
    {
        Random random = new(seed);
        while (!until.IsCancellationRequested)
        {
            Load load = _loads[random.Next(_loads.Length)];
            Way way = stage.Ways[random.Next(stage.Ways.Count)];
            if (!load.Suits(way)) continue;
            await stage.JudgeAsync(load.Name, way, token => load.RunAsync(way, random, token));
            await Task.Delay(random.Next(40), CancellationToken.None);
        }
    }
}
