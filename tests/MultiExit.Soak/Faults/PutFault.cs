using System.Net;

namespace MultiExit.Soak.Faults;

/// <summary>A configuration over the control socket: a faulty one, which changes nothing, then a good one.</summary>
internal sealed class PutFault(Site site) : Fault(site)
{
    public override string Name => "configuration over the control socket";

    public override async Task RunAsync(Random random)
    {
        string before = await Site.Sha256Async(Site.Near);
        string text = Site.NextText();
        await Site.AskAsync(HttpMethod.Put, "config", text + "\nno_such_key: 1\n", HttpStatusCode.UnprocessableEntity);
        if (await Site.Sha256Async(Site.Near) != before) throw new InvalidOperationException("a faulty configuration is in force");
        await Site.AskAsync(HttpMethod.Put, "config", text);
        await Site.WaitForAsync(Site.Near, text);
    }
}
