using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Loads;

/// <summary>All who load the servers at the same time: a bounded number.</summary>
internal static class Crowd
{
    private const int Workers = 10;

    private static readonly Entrance[] Proxies =
        [Entrance.Socks5, Entrance.Http, Entrance.MixedSocks5, Entrance.MixedHttp, Entrance.WebSocket];

    /// <summary>Every way: in by each proxy and out by each exit, and the forwarded ports.</summary>
    public static IReadOnlyList<Way> Ways(IReadOnlyList<ExitRoute> exits) =>
    [
        .. exits.SelectMany(exit => Proxies.Select(entrance => new Way(entrance, exit))),
        new Way(Entrance.ForwardOut, new ExitRoute("forwarded")), new Way(Entrance.ForwardTunnel, new ExitRoute("forwarded to the tunnel")),
    ];

    public static Task RunAsync(Stage stage, int seed, CancellationToken until)
    {
        List<Task> all = [.. Enumerable.Range(0, Workers).Select(number => new Worker(stage, Mixed(number)).RunAsync(until))];
        // On steady ways one each; a frail exit has one, which often begins anew.
        IEnumerable<Way> canaries = stage.Ways.Where(way => way.Exit.IsSteady)
            .Concat(stage.Ways.Where(way => !way.Exit.IsSteady).DistinctBy(way => way.Exit));
        foreach (Way way in canaries)
        {
            int own = Mixed(Workers + all.Count);
            all.Add(new EchoCanary(stage, way, own).RunAsync(until));
            if (way.CarriesUdp) all.Add(new UdpCanary(stage, way, own).RunAsync(until));
            if (WebClient.Suits(way)) all.Add(new WebCanary(stage, way, own).RunAsync(until));
        }
        return Task.WhenAll(all);

        int Mixed(int number) => unchecked((seed * 31) + (number * 1_000_003));
    }
}
