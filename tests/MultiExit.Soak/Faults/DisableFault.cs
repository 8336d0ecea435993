namespace MultiExit.Soak.Faults;

/// <summary>An operator takes an exit out of use and cuts its sessions, and gives it back.</summary>
internal sealed class DisableFault(Site site) : Fault(site)
{
    private static readonly string[] Exits = ["frail-socks5", "frail-http", "frail-websocket", "frail-tunnel", "frail-ech", "frail-plain"];

    public override string Name => "exit disabled";

    public override async Task RunAsync(Random random)
    {
        string exit = Exits[random.Next(Exits.Length)];
        Site.Stage.Frail.GoDown();
        try
        {
            await Site.AskAsync(HttpMethod.Post, $"exits/{exit}/disable", """{ "cut_sessions": true }""");
            await PauseAsync(random, 0, 1500);
            await Site.AskAsync(HttpMethod.Post, $"exits/{exit}/enable");
        }
        finally
        {
            Site.Stage.Frail.ComeUp();
        }
    }
}
