using System.Runtime.InteropServices;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Preflight;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Server;

namespace MultiExit.Engine.Bundles;

/// <summary>What the host has: versions, and on Linux the kernel's rules, routes, addresses and settings.</summary>
internal static class HostParts
{
    // Program, and arguments. All of them only print.
    private static readonly (string Name, string[] Command)[] Commands =
    [
        ("kernel/nft.txt", ["nft", "list", "ruleset"]),
        ("kernel/iptables.txt", ["iptables-save"]),
        ("kernel/ip-rules.txt", ["ip", "rule", "show"]),
        ("kernel/ip-rules-6.txt", ["ip", "-6", "rule", "show"]),
        ("kernel/ip-routes.txt", ["ip", "route", "show", "table", "all"]),
        ("kernel/ip-routes-6.txt", ["ip", "-6", "route", "show", "table", "all"]),
        ("kernel/ip-addresses.txt", ["ip", "address", "show"]),
        ("kernel/sockets.txt", ["ss", "-s"]),
    ];

    private static readonly string[] Settings =
    [
        "proc/version", "proc/self/limits", "proc/sys/fs/file-max", "proc/sys/net/ipv4/ip_forward", "proc/sys/net/ipv4/ip_local_port_range",
        "proc/sys/net/ipv4/ip_local_reserved_ports", "proc/sys/net/ipv4/ip_nonlocal_bind", "proc/sys/net/ipv4/tcp_rmem", "proc/sys/net/ipv4/tcp_wmem",
        "proc/sys/net/ipv4/conf/all/rp_filter", "proc/sys/net/core/somaxconn", "proc/sys/net/netfilter/nf_conntrack_max",
        "proc/sys/net/netfilter/nf_conntrack_count", "proc/net/sockstat", "proc/meminfo", "proc/loadavg",
    ];

    /// <summary>The parts.</summary>
    /// <param name="system">Runs the commands.</param>
    /// <param name="files">The files of the system.</param>
    public static IEnumerable<BundlePart> Of(ICommandRunner system, SystemFiles files)
    {
        yield return BundlePart.Of("versions.txt", _ => Task.FromResult<IEnumerable<string>>(
        [
            $"MultiExit {EngineVersion.Text}", RuntimeInformation.FrameworkDescription,
            $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
            CountText.Of(Environment.ProcessorCount, "processor"),
        ]));
        yield return BundlePart.Of("kernel/settings.txt",
            _ => Task.FromResult(Settings.Select(path => $"== {path}\n{files.Read(path) ?? "not there"}")));
        foreach ((string name, string[] command) in Commands)
        {
            if (!system.Has(command[0])) continue;
            yield return BundlePart.Of(name,
                async token => [await system.DemandAsync(command[0], command[1..], null, token).ConfigureAwait(false)]);
        }
    }
}
