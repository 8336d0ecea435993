using System.Net;
using System.Text.Json;

namespace MultiExit.Soak.Faults;

/// <summary>An earlier version of the configuration comes back.</summary>
internal sealed class RestoreFault(Site site) : Fault(site)
{
    public override string Name => "version restored";

    public override async Task RunAsync(Random random)
    {
        JsonElement versions = await Site.Near.Control.GetAsync("versions");
        int number = versions[random.Next(versions.GetArrayLength())].GetProperty("number").GetInt32();
        await Site.AskAsync(HttpMethod.Post, $"versions/{number}/restore");
    }
}
