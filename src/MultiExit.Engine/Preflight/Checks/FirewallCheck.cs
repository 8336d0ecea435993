using System.Text.Json;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Preflight.Checks;

/// <summary>What the firewall has for <c>snat</c> and <c>redirect</c>, and which chains of other programs see the packets before.</summary>
internal sealed class FirewallCheck() : PreflightCheck("firewall")
{
    private const string AsRoot = "run it as root, or with CAP_NET_ADMIN";

    public override async ValueTask<IReadOnlyList<PreflightResult>> LookAsync(PreflightContext context, CancellationToken cancellationToken)
    {
        TransparentInboundConfig[] redirected = [.. context.Config.Inbounds.OfType<TransparentInboundConfig>().Where(inbound => inbound.Redirect is not null)];
        if (!context.Config.Snat.Enabled && redirected.Length == 0) return [Skip("neither `snat` nor `redirect` is configured")];
        if (!context.System.MayChangeNetwork) return [Skip("looking at the firewall needs CAP_NET_ADMIN", AsRoot)];
        List<PreflightResult> results = [];
        try
        {
            if (context.Config.Snat.Enabled)
                await CompareAsync(new SnatManager(context.Config, context.System), "snat", results, cancellationToken).ConfigureAwait(false);
            if (redirected.Length > 0)
                await CompareAsync(new RedirectManager(context.Config, context.System), "redirect", results, cancellationToken).ConfigureAwait(false);
            if (context.System.Has("nft"))
            {
                string chains = await context.System.DemandAsync("nft", NftChains.List, null, cancellationToken).ConfigureAwait(false);
                results.AddRange(Earlier(context, redirected, chains));
            }
        }
        catch (Exception exception) when (exception is ProxyException or JsonException)
        {
            results.Add(Fail(exception.Message, "nft list ruleset, as root, shows the same failure"));
        }
        return results;
    }

    private async Task CompareAsync(Provisioner manager, string what, List<PreflightResult> results, CancellationToken cancellationToken)
    {
        IReadOnlyList<SetupDifference> differences = await manager.VerifyAsync(cancellationToken).ConfigureAwait(false);
        results.AddRange(differences.Select(difference => difference.Kind == SetupDifferenceKind.Collision
            ? Fail($"{what}: {difference}", "change the other program's rules, or the numbers and priorities that the message names")
            : Fail($"{what}: {difference}", $"multiexit {what} apply --config FILE")));
        if (differences.Count == 0) results.Add(Ok($"{what}: the rules and routes are there"));
    }

    // Those that come before source NAT and matter to an exit are collisions; before it is set up, all of them are named.
    private IEnumerable<PreflightResult> Earlier(PreflightContext context, TransparentInboundConfig[] redirected, string chains)
    {
        if (context.Config.Snat.Enabled)
            foreach (OtherNat other in NftChains.Before(chains, NftRuleset.NatPriority, IsOurs))
                yield return Warn($"snat: {other.Place} comes first, and the first source NAT that matches counts",
                    "see its rules (nft list chain, with its family, table and name): none may match packets of the exits");
        foreach (bool isTproxy in redirected.Select(inbound => inbound.Mode == TransparentMode.Tproxy).Distinct())
        {
            foreach (OtherNat other in NftChains.Before(chains, RedirectChain.KindOf(isTproxy), "prerouting", RedirectChain.PriorityOf(isTproxy), IsOurs))
            {
                // A filter that comes first is usual: it only drops, or sets marks.
                yield return isTproxy
                    ? Ok($"redirect: {other.Place} comes first; look there where packets do not arrive")
                    : Warn($"redirect: {other.Place} comes first, and the first rewriting of destinations that matches counts",
                        "see its rules (nft list chain, with its family, table and name): none may match packets of the clients");
            }
        }
    }

    private static bool IsOurs(string family, string table) => family == "inet" && table is NftRuleset.Table or RedirectPlan.Table;
}
