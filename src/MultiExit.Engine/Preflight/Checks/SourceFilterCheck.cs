using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Preflight.Checks;

/// <summary>Whether the kernel drops answers to exits with an address or interface of their own: <c>rp_filter</c>, RFC 3704.</summary>
/// <remarks>The strict filter drops what comes in by another interface than the one that the main table leads back by.</remarks>
internal sealed class SourceFilterCheck() : QuickCheck("source-filter")
{
    private const string Folder = "proc/sys/net/ipv4/conf";
    private const string DefaultRoute = "00000000";
    private const int Strict = 1, MostRoutes = 10_000;

    protected override IEnumerable<PreflightResult> Look(PreflightContext context)
    {
        string[] devices = [.. context.Files.Names(Folder).Where(name => name is not ("all" or "default" or "lo"))];
        if (devices.Length == 0)
        {
            yield return Skip("this system has no such filter, or does not show it");
            yield break;
        }
        HashSet<string> defaults = [.. context.Files.Lines("proc/net/route", MostRoutes)
            .Select(line => line.Split('\t')).Where(parts => parts.Length > 1 && parts[1] == DefaultRoute).Select(parts => parts[0])];
        long everywhere = context.Files.Number($"{Folder}/all/rp_filter") ?? 0;
        int used = 0, faults = 0;
        foreach ((string device, string exits) in Used(context, devices))
        {
            used++;
            // The greater of the two counts (ip-sysctl).
            long filter = Math.Max(everywhere, context.Files.Number($"{Folder}/{device}/rp_filter") ?? 0);
            if (filter != Strict || defaults.Contains(device)) continue;
            faults++;
            yield return Warn($"{device} has the strict filter and no default route: answers to {exits} are dropped, without a trace",
                everywhere == Strict ? $"sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.{device}.rp_filter=2"
                    : $"sysctl -w net.ipv4.conf.{device}.rp_filter=2 (loose); `multiexit snat apply` does it for its exits");
        }
        if (used == 0) yield return Skip("no exit has an IPv4 address or interface of its own");
        else if (faults == 0) yield return Ok($"answers come through on {CountText.Of(used, "interface")} of exits");
    }

    private static IEnumerable<(string Device, string Exits)> Used(PreflightContext context, string[] devices) =>
        context.Config.Exits.OfType<DirectExitConfig>()
            .Select(exit => (exit.Name, Device: DeviceOf(exit, context, devices))).Where(pair => pair.Device is not null)
            .GroupBy(pair => pair.Device!, pair => pair.Name, StringComparer.Ordinal)
            .Select(users => (users.Key, users.Count() == 1 ? $"exit {users.First()}" : $"{users.Count()} exits, {users.First()} the first"));

    private static string? DeviceOf(DirectExitConfig exit, PreflightContext context, string[] devices) =>
        exit.Interface is { } own ? Array.Find(devices, device => device == own)
        : exit.Address is not { } address || !IsIpv4(address) ? null
        : context.Config.Snat is { Enabled: true, Interface: { } all } ? all
        : Array.Find(devices, device => context.System.AddressesOf(device).Contains(address));

    private static bool IsIpv4(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
}
