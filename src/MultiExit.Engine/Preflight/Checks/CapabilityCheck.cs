using System.Globalization;
using MultiExit.Engine.Services;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Preflight.Checks;

/// <summary>The capabilities (capabilities(7)) of the process against those that the configuration needs.</summary>
internal sealed class CapabilityCheck() : QuickCheck("capabilities")
{
    private const string BindsPorts = "CAP_NET_BIND_SERVICE", UsesRaw = "CAP_NET_RAW";
    private const string Effective = "CapEff:";
    private const int MostLines = 200, UsualFirstPort = 1024;

    protected override IEnumerable<PreflightResult> Look(PreflightContext context)
    {
        string? line = context.Files.Lines("proc/self/status", MostLines).FirstOrDefault(text => text.StartsWith(Effective, StringComparison.Ordinal));
        if (line is null || !ulong.TryParse(line.AsSpan(Effective.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong held))
        {
            yield return Skip("this system has no capabilities, or does not show them");
            yield break;
        }
        string[] needed = [.. Needed(context)];
        string[] missing = [.. needed.Where(name => (held & (1ul << BitOf(name))) == 0)];
        if (missing.Length == 0) yield return Ok(needed.Length == 0 ? "the configuration needs none" : $"{string.Join(", ", needed)}: there");
        foreach (string name in missing)
        {
            string detail = $"{name} is missing: {WhatFor(name)}";
            string action = $"run as root, or give it to the service: AmbientCapabilities={name} (Install-MxService does)";
            // Since Linux 5.7 a socket that has no interface yet may be given one without it.
            yield return name == UsesRaw ? Warn(detail, action) : Fail(detail, action);
        }
    }

    // The lowest port that is free for all is a setting (ip(7)).
    private static IEnumerable<string> Needed(PreflightContext context)
    {
        long first = context.Files.Number("proc/sys/net/ipv4/ip_unprivileged_port_start") ?? UsualFirstPort;
        bool isLow = ConfiguredListener.Of(context.Config).Any(listener => listener.EndPoint.Port > 0 && listener.EndPoint.Port < first);
        return ServiceNeeds.Of(context.Config).Capabilities.Where(name => name != BindsPorts).Concat(isLow ? [BindsPorts] : []);
    }

    private static string WhatFor(string name) => name switch
    {
        BindsPorts => "a port below net.ipv4.ip_unprivileged_port_start cannot be listened on",
        UsesRaw => "an exit has an `interface`, which older kernels allow with it alone",
        _ => "marks of connections (`snat`, `mark`) and `mode: tproxy` do not work",
    };

    private static int BitOf(string name) => name switch
    {
        BindsPorts => 10,
        UsesRaw => 13,
        _ => 12,
    };
}
