using System.Net;

namespace MultiExit.Soak.Faults;

/// <summary>A change that nobody confirms goes back by itself; one that is confirmed stays.</summary>
internal sealed class ConfirmFault(Site site) : Fault(site)
{
    public override string Name => "change to be confirmed";

    public override async Task RunAsync(Random random)
    {
        string before = await Site.Sha256Async(Site.Near);
        string text = Site.NextText();
        bool isConfirmed = random.Next(2) == 0;
        await Site.AskAsync(HttpMethod.Put, $"config?confirm_within={(isConfirmed ? 60 : 2)}s", text);
        if (isConfirmed)
        {
            await Site.AskAsync(HttpMethod.Put, "config", Site.NextText(), HttpStatusCode.Conflict);
            await Site.AskAsync(HttpMethod.Post, "config/confirm");
            await Site.WaitForAsync(Site.Near, text);
        }
        else
        {
            await Site.WaitUntilAsync("the change that nobody confirmed is still in force", async () =>
                await Site.Sha256Async(Site.Near) == before);
        }
    }
}
