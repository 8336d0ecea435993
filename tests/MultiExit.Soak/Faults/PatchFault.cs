using System.Net;

namespace MultiExit.Soak.Faults;

/// <summary>Parts of the configuration change over the control socket; a faulty part changes nothing.</summary>
internal sealed class PatchFault(Site site) : Fault(site)
{
    public override string Name => "parts over the control socket";

    public override async Task RunAsync(Random random)
    {
        string before = await Site.Sha256Async(Site.Near);
        await Site.AskAsync(HttpMethod.Patch, "config", """{ "set": { "exits[out].weight": 0 } }""", HttpStatusCode.UnprocessableEntity);
        if (await Site.Sha256Async(Site.Near) != before) throw new InvalidOperationException("a faulty part is in force");
        await Site.AskAsync(HttpMethod.Patch, "config",
            $$"""{ "set": { "exits[out].weight": {{random.Next(1, 1001)}}, "limits.connections": {{random.Next(5000, 20_000)}} } }""");
        await Site.AskAsync(HttpMethod.Post, "exits/out/weight", $$"""{ "weight": {{random.Next(1, 1001)}} }""");
    }
}
